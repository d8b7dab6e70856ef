import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GitAccessError, GitAuthError, RenderError } from '../../core/errors.ts'
import {
  btoaUtf8,
  type RepositoryAccess,
  type RepositoryCredentials,
  secretsOf,
} from '../../core/repository/credentials.ts'
import { withoutCredentials } from '../git/remote.ts'
import { runTool } from '../tools/run.ts'

/** A chart as an Application names it; the version may be a constraint (SRC-05). */
export type ChartAsk = {
  readonly url: string
  readonly chart: string
  readonly version: string
  /** Credentials also go to other servers that the index leads to (HELM-10). */
  readonly passCredentials?: boolean
}

const maxChartBytes = 20 * 1024 * 1024

/**
 * Fetches a packed chart with the real Helm, which resolves the constraint. Credentials are in files
 * that only we can read, in a folder that is gone afterwards: never on a command line.
 */
export async function pullChart(
  helm: string,
  ask: ChartAsk,
  access: RepositoryAccess,
): Promise<Buffer> {
  const root = await mkdtemp(join(tmpdir(), 'driftless-chart-'))
  try {
    const charts = join(root, 'charts')
    await mkdir(charts)
    const run = (args: readonly string[]) =>
      runTool({
        ...{ command: helm, name: 'helm', args, cwd: root, env: environment(root, access) },
        failsOnOutput: true,
      })
    const insecure = access.credentials?.insecure === true
    const to = [
      ...[`--version=${ask.version}`, `--destination=${charts}`],
      ...(insecure ? ['--insecure-skip-tls-verify'] : []),
    ]
    if (isRegistry(ask.url)) {
      await run([
        'pull',
        registryAddress(ask),
        ...to,
        ...(await registryOptions(root, ask, access)),
      ])
    } else {
      await writeRepository(root, ask, access)
      await run(['repo', 'update', 'it', '--fail-on-repo-update-fail'])
      await run(['pull', `it/${ask.chart}`, ...to])
    }
    return await theChart(charts, ask)
  } catch (error) {
    throw error instanceof RenderError ? refusal(error.message, ask, access) : error
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function theChart(folder: string, { chart, url }: ChartAsk): Promise<Buffer> {
  const [name] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'))
  const body = name === undefined ? undefined : await readFile(join(folder, name))
  if (body !== undefined && body.length <= maxChartBytes) return body
  throw new GitAccessError(
    `${chart || url} is no chart of at most ${maxChartBytes / 1024 / 1024} MiB`,
  )
}

/** HELM-23: an address without a scheme is that of a registry. */
export function isRegistry(url: string): boolean {
  return !/^https?:\/\//.test(url)
}

function registryAddress({ url, chart }: ChartAsk): string {
  const place = url.replace(/^oci:\/\//, '').replace(/\/+$/, '')
  return `oci://${place}${chart === '' ? '' : `/${chart}`}`
}

function environment(root: string, { credentials }: RepositoryAccess): Record<string, string> {
  const { proxy, noProxy } = credentials ?? {}
  return {
    // no programs, no settings and no home of ours
    PATH: '',
    HOME: root,
    TMPDIR: root,
    HELM_CACHE_HOME: join(root, 'cache'),
    HELM_CONFIG_HOME: join(root, 'config'),
    HELM_DATA_HOME: join(root, 'data'),
    HELM_PLUGINS: join(root, 'plugins'),
    HELM_REPOSITORY_CONFIG: join(root, 'repositories.yaml'),
    HELM_REPOSITORY_CACHE: join(root, 'indexes'),
    HELM_REGISTRY_CONFIG: join(root, 'registry.json'),
    ...(proxy !== undefined && { HTTP_PROXY: proxy, HTTPS_PROXY: proxy }),
    ...(noProxy !== undefined && { NO_PROXY: noProxy }),
  }
}

type TlsFiles = { readonly ca?: string; readonly cert?: string; readonly key?: string }

async function tlsFiles(root: string, { ca, credentials }: RepositoryAccess): Promise<TlsFiles> {
  const { tlsClientCertData: cert, tlsClientCertKey: key } = credentials ?? {}
  const entries = Object.entries({ ca, cert, key }).filter(([, text]) => text !== undefined)
  return Object.fromEntries(
    await Promise.all(
      entries.map(async ([name, text = '']) => [name, await kept(root, `${name}.pem`, text)]),
    ),
  ) as TlsFiles
}

async function kept(root: string, name: string, text: string): Promise<string> {
  const file = join(root, name)
  await writeFile(file, text, { mode: 0o600 })
  return file
}

async function writeRepository(
  root: string,
  { url, passCredentials = false }: ChartAsk,
  access: RepositoryAccess,
): Promise<void> {
  const { username = '', password, insecure } = access.credentials ?? {}
  const { ca, cert, key } = await tlsFiles(root, access)
  const repository = {
    ...{ name: 'it', url, caFile: ca, certFile: cert, keyFile: key },
    // Helm sends no password without a user
    ...(password !== undefined && { username: username || 'helm', password }),
    insecure_skip_tls_verify: insecure === true,
    pass_credentials_all: passCredentials,
  }
  await kept(root, 'repositories.yaml', JSON.stringify({ repositories: [repository] }))
}

async function registryOptions(
  root: string,
  ask: ChartAsk,
  access: RepositoryAccess,
): Promise<readonly string[]> {
  const { credentials } = access
  const host = registryAddress(ask).slice('oci://'.length).split('/')[0] ?? ''
  if (credentials?.password !== undefined) {
    const auth = btoaUtf8(`${credentials.username ?? ''}:${credentials.password}`)
    await kept(root, 'registry.json', JSON.stringify({ auths: { [host]: { auth } } }))
  }
  const { ca, cert, key } = await tlsFiles(root, access)
  return [
    ...(credentials?.plainHttp === true ? ['--plain-http'] : []),
    ...(ca === undefined ? [] : [`--ca-file=${ca}`]),
    ...(cert === undefined || key === undefined
      ? []
      : [`--cert-file=${cert}`, `--key-file=${key}`]),
  ]
}

const refused = /\b40[13]\b|unauthorized|forbidden|denied|authentication required/i

/** What Helm said, as an error of ours and without secrets. */
function refusal(
  text: string,
  { url, chart, version }: ChartAsk,
  { credentials }: RepositoryAccess,
): GitAccessError | GitAuthError {
  const shown = secretsOf(credentials).reduce(
    (message, secret) => message.replaceAll(secret, '***'),
    withoutCredentials(text),
  )
  const place = withoutCredentials(url)
  return refused.test(shown)
    ? new GitAuthError(
        `the repository ${place} refuses our credentials: ${shown}; ${adviceFor(credentials)}`,
      )
    : new GitAccessError(`the chart ${chart} ${version} cannot be read from ${place}: ${shown}`)
}

function adviceFor(credentials: RepositoryCredentials | undefined): string {
  return credentials === undefined
    ? 'create a Secret with the label argocd.argoproj.io/secret-type: repository, its type and its url'
    : `check the Secret ${credentials.secret}`
}
