import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGit, type Git } from '../../clients/git.ts'
import { createOutbound } from '../../clients/outbound.ts'
import { GitAccessError, GitAuthError } from '../../core/errors.ts'
import type { RepositoryAccess, RepositoryCredentials } from '../../core/repository/credentials.ts'
import { makeCertificate } from '../harness/certificate.ts'
import { makeSshKey, startSshServer } from '../harness/ssh-server.ts'
import { type GitServer, startGitServer } from './git-server.ts'

const password = 'hunter/2@secret'
const basic = `Basic ${Buffer.from(`kim:${password}`).toString('base64')}`
const server = makeCertificate('server')
let dir = ''
const open: { close(): Promise<void> | void }[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'driftless-git-'))
})
afterEach(async () => {
  for (const { close } of open.splice(0)) await close()
  rmSync(dir, { recursive: true, force: true })
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('driftless-access-'))).toEqual([])
})

/** A client that knows this of every repository, for this project only when one is named. */
function gitWith(
  fields: Partial<RepositoryCredentials>,
  more: Omit<RepositoryAccess, 'credentials'> = {},
): Git {
  const credentials = {
    ...{ secret: 'shop-repository', url: '', isTemplate: false, type: 'git', unbuilt: [] },
    ...fields,
  }
  const git = createGit({
    ...{
      dir: join(dir, 'mirrors'),
      allowFile: false,
      outbound: createOutbound({ allowLoopback: true }),
      submodules: true,
    },
    access: {
      synced: Promise.resolve(),
      of: (_, project) =>
        fields.project === undefined || fields.project === project
          ? { credentials, ...more }
          : more,
    },
  })
  open.push(git)
  return git
}

async function serverWith(options: Omit<Parameters<typeof startGitServer>[0], 'dir'>) {
  const started: GitServer = await startGitServer({ dir: join(dir, 'guarded'), ...options })
  open.push(started)
  return started
}

/** What git said when it was refused. */
async function refusalOf(fetched: Promise<unknown>): Promise<Error> {
  const error = await fetched.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Error)
  expect(String((error as Error).stack)).not.toMatch(/hunter|aHVudGVy/)
  return error as Error
}

describe('a repository that is not for everybody', () => {
  it('is read with user and password over https, whose server signs itself (REPO-03, REPO-05)', async () => {
    // git pushes to the bare repository beside the server, so its own trust is not asked for
    const { url, commit } = await guarded({ tls: server, authorization: basic })
    const git = gitWith({ username: 'kim', password }, { ca: server.cert })
    expect((await git.fetch({ url })).head).toBe(commit)
    const [mirror = ''] = readdirSync(join(dir, 'mirrors'))
    expect(readFileSync(join(dir, 'mirrors', mirror, 'config'), 'utf8')).not.toMatch(
      /hunter|extra/i,
    )
  })

  it('is not read from a server that nobody knows, unless its Secret says so (REPO-05)', async () => {
    const { url, commit } = await guarded({ tls: server, authorization: basic })
    const refusal = await refusalOf(gitWith({ username: 'kim', password }).fetch({ url }))
    expect(refusal).toBeInstanceOf(GitAuthError)
    expect(refusal.message).toContain('argocd-tls-certs-cm')
    const careless = gitWith({ username: 'kim', password, insecure: true })
    expect((await careless.fetch({ url })).head).toBe(commit)
  })

  it('is read with a bearer token (REPO-03)', async () => {
    const { url, commit } = await guarded({ authorization: 'Bearer hunter-token' })
    expect((await gitWith({ bearerToken: 'hunter-token' }).fetch({ url })).head).toBe(commit)
  })

  it('is read with the certificate of a client (REPO-05)', async () => {
    const client = makeCertificate('kim')
    const tls = { ...server, ca: client.cert, requestCert: true, rejectUnauthorized: true }
    const { url, commit } = await guarded({ tls })
    const trust = { ca: server.cert }
    const fields = { tlsClientCertData: client.cert, tlsClientCertKey: client.key }
    expect((await gitWith(fields, trust).fetch({ url })).head).toBe(commit)
    await refusalOf(gitWith({}, trust).fetch({ url }))
  })

  it('is refused with the name of the Secret and never its content', async () => {
    const { url } = await guarded({ authorization: basic })
    const wrong = { username: 'kim', password: 'hunter3', unbuilt: ['githubAppID'] }
    const refusal = await refusalOf(gitWith(wrong).fetch({ url }))
    expect(refusal).toBeInstanceOf(GitAuthError)
    expect(refusal.message).toContain(url)
    expect(refusal.message).toContain('check the Secret shop-repository (githubAppID in it')
  })

  it('of one project is no other project’s, not even from the mirror (REPO-14)', async () => {
    const { url, commit } = await guarded({ authorization: basic })
    const git = gitWith({ username: 'kim', password, project: 'shop' })
    expect((await git.of('shop').fetch({ url })).head).toBe(commit)
    await expect(git.of('other').fetch({ url })).rejects.toThrow(GitAuthError)
    await expect(git.of('other').resolve(url, commit)).rejects.toThrow(GitAuthError)
    expect(await git.of('shop').resolve(url, 'HEAD')).toEqual({ commit })
  })

  it('is not looked for where a redirect leads (REPO-11)', async () => {
    const seen: (string | undefined)[] = []
    const elsewhere = await listening((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(404).end()
    })
    const lure = await listening((request, response) =>
      response.writeHead(301, { location: `${elsewhere}${request.url}` }).end(),
    )
    const url = `${lure}/repo.git`
    await expect(gitWith({ password }).fetch({ url })).rejects.toThrow(GitAccessError)
    expect(seen).toEqual([])
  })

  it('is reached through the proxy of its Secret (REPO-09)', async () => {
    const { url, commit } = await guarded({ tls: server, authorization: basic })
    const tunnels: string[] = []
    const proxy = createServer().on('connect', (request, socket, head) => {
      tunnels.push(request.url ?? '')
      const { hostname, port } = new URL(`http://${request.url}`)
      const onward = connect(Number(port), hostname, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.write(head)
        onward.pipe(socket).pipe(onward)
      })
      for (const end of [onward, socket]) end.on('error', () => undefined)
    })
    await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready))
    open.push({ close: () => void proxy.close() })
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const fields = { username: 'kim', password, proxy: address }
    expect((await gitWith(fields, { ca: server.cert }).fetch({ url })).head).toBe(commit)
    expect(tunnels).toContain(new URL(url).host)
  })
})

describe('a repository on a server of ssh', () => {
  it('is read with the key of its Secret, from a server whose key is known (REPO-04)', async () => {
    const key = makeSshKey()
    const { ssh, commit } = await sshRepository(key)
    const trust = { knownHosts: ssh.knownHosts }
    const url = ssh.url('repo.git')
    expect((await gitWith({ sshPrivateKey: key.private }, trust).fetch({ url })).head).toBe(commit)
    const stranger = gitWith({ sshPrivateKey: makeSshKey().private }, trust)
    expect((await refusalOf(stranger.fetch({ url }))).message).toMatch(/check the Secret shop-repo/)
  })

  it('is not read from a server whose key is another one or unknown, unless its Secret says so', async () => {
    const key = makeSshKey()
    const { ssh, commit } = await sshRepository(key)
    const url = ssh.url('repo.git')
    const fields = { sshPrivateKey: key.private }
    const [host = ''] = ssh.knownHosts.split(' ')
    for (const knownHosts of ['', `${host} ${makeSshKey().public}`]) {
      const refusal = await refusalOf(gitWith(fields, { knownHosts }).fetch({ url }))
      expect(refusal).toBeInstanceOf(GitAuthError)
      expect(refusal.message).toContain('argocd-ssh-known-hosts-cm')
    }
    expect((await gitWith({ ...fields, insecure: true }).fetch({ url })).head).toBe(commit)
  })
})

/** A repository with one commit, that only lets in whom the options say. */
async function guarded(options: Parameters<typeof serverWith>[0]) {
  const started = await serverWith(options)
  return { url: started.url, commit: started.push({ 'a.yaml': '1' }) }
}

async function sshRepository(key: ReturnType<typeof makeSshKey>) {
  const { commit } = await guarded({})
  const ssh = await startSshServer(join(dir, 'guarded', 'srv'), key)
  open.push(ssh)
  return { ssh, commit }
}

/** Address of a server that answers so. */
async function listening(answer: Parameters<typeof createServer>[1] & object): Promise<string> {
  const started = createServer(answer)
  await new Promise<void>((ready) => started.listen(0, '127.0.0.1', ready))
  open.push({ close: () => void started.close() })
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`
}
