import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSshUrl, sshServer } from '../../core/git-url.ts'
import { btoaUtf8, type RepositoryCredentials } from '../../core/repository/credentials.ts'
import { locateServer, proxyFor } from '../outbound/ask.ts'
import type { Outbound } from '../outbound.ts'
import type { GitRemote } from './remote.ts'

type Setting = readonly [name: string, value: string]

/** What a git process is told beside its arguments: settings as of `git config`, and variables. */
export type GitAccess = {
  readonly settings: readonly Setting[]
  readonly variables: Readonly<Record<string, string>>
}

/** Writes a file that only we can read and gives its path. */
type Keep = (name: string, text: string) => Promise<string>

/**
 * Works with what a repository wants to be reached: never on a command line, files only for us
 * (0600, in a folder of 0700) and only as long as the work takes.
 */
export async function withAccess<T>(
  remote: GitRemote | undefined,
  outbound: Outbound,
  work: (access: GitAccess) => Promise<T>,
): Promise<T> {
  return await withFiles(async (keep) => await work(await accessOf(remote, outbound, keep)))
}

/** The same with the options of ssh alone, for a command that is none of git's. */
export async function withSshOptions<T>(
  remote: GitRemote,
  outbound: Outbound,
  work: (options: readonly string[]) => Promise<T>,
): Promise<T> {
  return await withFiles(async (keep) => {
    const own = await ownSshOptions(remote, outbound, keep)
    return await work([...usualSshOptions, ...own].flatMap((option) => ['-o', option]))
  })
}

const usualSshOptions = ['BatchMode=yes', 'ConnectTimeout=10']

async function withFiles<T>(work: (keep: Keep) => Promise<T>): Promise<T> {
  const made: { folder?: string } = {}
  const keep: Keep = async (name, text) => {
    made.folder ??= await mkdtemp(join(tmpdir(), 'driftless-access-'))
    const file = join(made.folder, name)
    // ssh takes no key without a line end
    await writeFile(file, `${text.replaceAll('\r\n', '\n').trimEnd()}\n`, { mode: 0o600 })
    return file
  }
  try {
    return await work(keep)
  } finally {
    if (made.folder !== undefined) await rm(made.folder, { recursive: true, force: true })
  }
}

async function accessOf(
  remote: GitRemote | undefined,
  outbound: Outbound,
  keep: Keep,
): Promise<GitAccess> {
  const ssh = ['ssh', ...usualSshOptions.map((option) => `-o ${option}`)].join(' ')
  if (remote === undefined) return { settings: [], variables: { GIT_SSH_COMMAND: ssh } }
  if (/^https?:/.test(remote.url)) {
    const pins = await httpPins(remote, outbound)
    const settings = [...pins, ...(await httpSettings(remote, keep))]
    return { settings, variables: { GIT_SSH_COMMAND: ssh } }
  }
  const options = isSshUrl(remote.url) ? await ownSshOptions(remote, outbound, keep) : []
  const command = [ssh, ...options.map((option) => `-o ${quoted(option)}`)].join(' ')
  return { settings: [], variables: { GIT_SSH_COMMAND: command } }
}

async function ownSshOptions(
  remote: GitRemote,
  outbound: Outbound,
  keep: Keep,
): Promise<readonly string[]> {
  return [...(await sshPins(remote, outbound)), ...(await sshOptions(remote, keep))]
}

/** Git connects where we looked, and only there (H3). */
async function httpPins(
  { url, access, reach = 'declared' }: GitRemote,
  outbound: Outbound,
): Promise<readonly Setting[]> {
  const server = new URL(url)
  const proxy = proxyFor(server.hostname, access?.credentials ?? {})
  const { addresses } = await locateServer(outbound, server, reach, proxy)
  const { hostname, port, protocol } = proxy === undefined ? server : new URL(proxy)
  const pinned = addresses.map(({ address }) => address).join(',')
  const to = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}:${pinned}`
  return [
    ...(isIP(hostname) !== 0 || hostname.startsWith('[')
      ? []
      : [['http.curloptResolve', to] as const]),
    // an empty one is none, whatever the environment says
    ['http.proxy', proxy ?? ''],
  ]
}

/** The same for ssh, which still looks for the key under the name of the server. */
async function sshPins(
  { url, reach = 'declared' }: GitRemote,
  outbound: Outbound,
): Promise<readonly string[]> {
  const { host, port } = sshServer(url)
  const [first] = (await outbound.locate(host, reach)).addresses
  const name = port === '' || port === '22' ? host : `[${host}]:${port}`
  return isIP(host) !== 0 || first === undefined
    ? []
    : [`HostName=${first.address}`, `HostKeyAlias=${name}`]
}

/** Valid for this server only, whatever else is fetched from. */
async function httpSettings(
  { url, access: { credentials, ca } = {} }: GitRemote,
  keep: Keep,
): Promise<readonly Setting[]> {
  const settings: [string, string][] = []
  const header = credentials && authorization(credentials)
  if (header !== undefined) settings.push(['extraHeader', `Authorization: ${header}`])
  if (credentials?.insecure === true) settings.push(['sslVerify', 'false'])
  if (ca !== undefined) settings.push(['sslCAInfo', await keep('ca.pem', ca)])
  const { tlsClientCertData: certificate, tlsClientCertKey: key } = credentials ?? {}
  if (certificate !== undefined && key !== undefined) {
    settings.push(['sslCert', await keep('client.pem', certificate)])
    settings.push(['sslKey', await keep('client-key.pem', key)])
  }
  const { origin } = new URL(url)
  return settings.map(([name, value]) => [`http.${origin}/.${name}`, value])
}

/** The header by which the credentials sign in; undefined when they have none. */
export function authorization({
  username = '',
  password,
  bearerToken,
}: RepositoryCredentials): string | undefined {
  if (password !== undefined) return `Basic ${btoaUtf8(`${username || 'git'}:${password}`)}`
  return bearerToken === undefined ? undefined : `Bearer ${bearerToken}`
}

/** With a key of its own nothing of the user's that we run as is used: neither keys nor settings (REPO-04). */
async function sshOptions(
  { access: { credentials, knownHosts } = {} }: GitRemote,
  keep: Keep,
): Promise<readonly string[]> {
  const { sshPrivateKey: key, insecure } = credentials ?? {}
  const isOurs = key !== undefined || knownHosts !== undefined
  return [
    ...(key === undefined
      ? []
      : [
          `IdentityFile=${await keep('key', key)}`,
          ...['IdentitiesOnly=yes', 'IdentityAgent=none', 'PreferredAuthentications=publickey'],
        ]),
    ...(insecure === true
      ? ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null']
      : isOurs
        ? [
            ...['StrictHostKeyChecking=yes', 'UpdateHostKeys=no', 'GlobalKnownHostsFile=/dev/null'],
            `UserKnownHostsFile=${await keep('known_hosts', knownHosts ?? '')}`,
          ]
        : []),
  ]
}

/** For the shell by which git starts ssh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
