import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGit, type Git } from '../../clients/git.ts'
import { createOutbound } from '../../clients/outbound.ts'
import { GitAccessError, GitAuthError } from '../../core/errors.ts'
import type { GithubApp } from '../../core/repository/credentials.ts'
import { type GitServer, startGitServer } from './git-server.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
// as GitHub hands it out
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const basic = `Basic ${Buffer.from('x-access-token:ghs_hunter').toString('base64')}`
let dir = ''
let repository: GitServer
let api = ''
let asked: string[] = []
let lifeMs = 60 * 60_000
const open: { close(): Promise<void> | void }[] = []

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'driftless-github-'))
  repository = await startGitServer({ dir, authorization: basic })
  asked = []
  lifeMs = 60 * 60_000
  api = await startGithub()
  open.push(repository)
})
afterEach(async () => {
  for (const { close } of open.splice(0)) await close()
  rmSync(dir, { recursive: true, force: true })
})

/** As much of GitHub's REST API as an App needs to sign in. */
async function startGithub(): Promise<string> {
  const server = createServer(async (request, response) => {
    const { method, url = '', headers } = request
    asked.push(`${method} ${url}`)
    const jwt = headers.authorization?.replace('Bearer ', '') ?? ''
    const signed = await jwtVerify(jwt, publicKey, { algorithms: ['RS256'], issuer: '17' }).then(
      // GitHub refuses what lives longer than ten minutes
      ({ payload: { exp = 0, iat = 0 } }) => exp - iat <= 600,
      () => false,
    )
    const expires_at = new Date(Date.now() + lifeMs).toISOString()
    if (!signed) response.writeHead(401).end('{"message":"Bad credentials"}')
    else if (url === '/api/v3/repos/team/shop/installation') response.end('{"id":42}')
    else if (url === '/api/v3/app/installations/42/access_tokens')
      response.writeHead(201).end(JSON.stringify({ token: 'ghs_hunter', expires_at }))
    else response.writeHead(404).end('{}')
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  open.push({
    close() {
      server.closeAllConnections()
      server.close()
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`
}

function gitWith(fields: Partial<GithubApp>): Git {
  return gitAs({ id: '17', privateKey: pem, installation: '42', api, ...fields })
}

function gitAs(githubApp: GithubApp): Git {
  const credentials = {
    ...{ secret: 'github', url: '', isTemplate: false, type: 'git', unbuilt: [], githubApp },
  }
  const git = createGit({
    ...{
      dir: join(dir, 'mirrors'),
      allowFile: false,
      outbound: createOutbound({ allowLoopback: true }),
      submodules: true,
    },
    access: { synced: Promise.resolve(), of: () => ({ credentials }) },
  })
  open.push(git)
  return git
}

const tokenCall = 'POST /api/v3/app/installations/42/access_tokens'

describe('a repository that is read as a GitHub App (REPO-06)', () => {
  it('is read with a token of the installation, which is kept until shortly before it ends', async () => {
    const commit = repository.push({ 'a.yaml': '1' })
    const git = gitWith({})
    const { url } = repository
    expect((await git.fetch({ url })).head).toBe(commit)
    await git.fetch({ url })
    expect(asked).toEqual([tokenCall])
    lifeMs = 60_000
    const hasty = gitWith({})
    await hasty.fetch({ url })
    await hasty.fetch({ url })
    expect(asked).toEqual([tokenCall, tokenCall, tokenCall])
  })

  it('is asked for its installation when the Secret names none', async () => {
    const commit = repository.push({ 'a.yaml': '1' })
    const folder = join(dir, 'srv')
    execFileSync('git', ['clone', '--quiet', '--bare', 'repo.git', 'team/shop.git'], {
      cwd: folder,
    })
    const url = repository.url.replace('/repo.git', '/team/shop.git')
    expect((await gitAs({ id: '17', privateKey: pem, api }).fetch({ url })).head).toBe(commit)
    expect(asked).toEqual(['GET /api/v3/repos/team/shop/installation', tokenCall])
  })

  it('whose key or App is another one is refused with the Secret and without the key', async () => {
    const { url } = repository
    const refusals = await Promise.all(
      [{ id: '18' }, { privateKey: 'hunter' }, { installation: '43' }].map((fields) =>
        gitWith(fields)
          .fetch({ url })
          .catch((error: unknown) => error),
      ),
    )
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(GitAuthError)
      expect(String(refusal)).toContain('check the Secret github')
      expect(String(refusal)).not.toMatch(/hunter|PRIVATE KEY/)
    }
  })

  it('is an access error while GitHub does not answer', async () => {
    const nobody = gitWith({ api: 'http://127.0.0.1:1' })
    await expect(nobody.fetch({ url: repository.url })).rejects.toThrow(GitAccessError)
  })
})
