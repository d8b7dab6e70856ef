import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGit, type Git } from '../../clients/git.ts'
import { createOutbound } from '../../clients/outbound.ts'
import type { RepositoryCredentials } from '../../core/repository/credentials.ts'
import { makeSshKey, startSshServer } from '../harness/ssh-server.ts'
import { type GitServer, startGitServer } from './git-server.ts'

const basic = `Basic ${Buffer.from('kim:hunter').toString('base64')}`
const large = 'kind: ConfigMap # large\n'
const oid = createHash('sha256').update(large).digest('hex')
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${large.length}\n`
let dir = ''
let server: GitServer
let stored = new Map<string, string>()
let batches = 0
const open: { close(): Promise<void> | void }[] = []

/** A server of the LFS batch API, beside the repository. */
function answer(request: IncomingMessage, response: ServerResponse): boolean {
  const path = request.url ?? ''
  if (path === '/repo.git/info/lfs/objects/batch') {
    batches++
    void text(request).then((body) => {
      const { objects } = JSON.parse(body) as { objects: { oid: string; size: number }[] }
      const found = objects.map(({ oid: wanted, size }) =>
        stored.has(wanted)
          ? {
              ...{ oid: wanted, size },
              actions: {
                download: {
                  href: `http://${request.headers.host}/large/${wanted}`,
                  header: { authorization: basic },
                },
              },
            }
          : { ...{ oid: wanted, size }, error: { code: 404, message: 'does not exist' } },
      )
      response.setHeader('content-type', 'application/vnd.git-lfs+json')
      response.end(JSON.stringify({ transfer: 'basic', objects: found }))
    })
    return true
  }
  if (!path.startsWith('/large/')) return false
  response.end(stored.get(path.slice('/large/'.length)))
  return true
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'driftless-lfs-'))
  server = await startGitServer({ dir, authorization: basic, beside: answer })
  open.push(server)
  stored = new Map([[oid, large]])
  batches = 0
})
afterEach(async () => {
  for (const { close } of open.splice(0)) await close()
  rmSync(dir, { recursive: true, force: true })
})

function gitWith(fields: Partial<RepositoryCredentials>): Git {
  const credentials = {
    ...{ secret: 'large', url: '', isTemplate: false, type: 'git', unbuilt: [] },
    ...{ username: 'kim', password: 'hunter', ...fields },
  }
  const git = createGit({
    ...{
      dir: join(dir, `mirrors-${JSON.stringify(fields).length}`),
      allowFile: false,
      outbound: createOutbound({ allowLoopback: true }),
    },
    ...{ submodules: true, access: { synced: Promise.resolve(), of: () => ({ credentials }) } },
  })
  open.push(git)
  return git
}

async function readBoth(git: Git, commit: string, { url } = server as { readonly url: string }) {
  const [file] = await git.readFiles(url, commit, 'a.yaml')
  const { id = '' } = (await git.objectAt(url, commit, 'a.yaml')) ?? {}
  return [file?.body.toString(), (await git.readBlobs(url, [id])).get(id)]
}

describe('a file that Git only points to (SRC-15)', () => {
  it('is read from the LFS server when the Secret says so, once', async () => {
    const commit = server.push({ 'a.yaml': pointer })
    const git = gitWith({ enableLfs: true })
    await git.fetch({ url: server.url })
    expect(await readBoth(git, commit)).toEqual([large, large])
    await readBoth(git, commit)
    expect(batches).toBe(1)
    const plain = gitWith({})
    await plain.fetch({ url: server.url })
    expect(await readBoth(plain, commit)).toEqual([pointer, pointer])
  })

  it('is read from where the ssh server of its repository says', async () => {
    const commit = server.push({ 'a.yaml': pointer })
    const key = makeSshKey()
    const href = server.url.replace('/repo.git', '/repo.git/info/lfs')
    const lfs = { href, header: { authorization: basic }, expires_in: 60 }
    const root = join(dir, 'srv')
    const git = gitWith({ enableLfs: true, sshPrivateKey: key.private, insecure: true })
    const say = async (said: object | undefined) => {
      const ssh = await startSshServer(root, key, said)
      open.push(ssh)
      const url = ssh.url('repo.git')
      await git.fetch({ url })
      return { url }
    }
    expect(await readBoth(git, commit, await say(lfs))).toEqual([large, large])
    await expect(readBoth(git, commit, await say(undefined))).rejects.toThrow(
      /does not say by ssh where its LFS server is/,
    )
  })

  it('is refused when it is missing or is another one', async () => {
    const commit = server.push({ 'a.yaml': pointer })
    const git = gitWith({ enableLfs: true })
    await git.fetch({ url: server.url })
    stored.set(oid, large.replace('large', 'other'))
    await expect(readBoth(git, commit)).rejects.toThrow('its content is another one')
    stored.clear()
    await expect(readBoth(git, commit)).rejects.toThrow(/has no file .*: does not exist/)
  })
})

describe('a shallow mirror (SRC-16)', () => {
  it('holds as many commits as its Secret says, and follows the branch', async () => {
    const first = server.push({ 'a.yaml': '1' })
    const second = server.push({ 'a.yaml': '2' })
    const git = gitWith({ depth: 1 })
    const { url } = server
    expect((await git.fetch({ url })).head).toBe(second)
    expect(await git.has(url, first)).toBe(false)
    const third = server.push({ 'a.yaml': '3' })
    expect((await git.fetch({ url })).head).toBe(third)
    expect((await git.readFiles(url, third, 'a.yaml'))[0]?.body.toString()).toBe('3')
  })
})
