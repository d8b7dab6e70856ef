import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGit, type Git } from '../../clients/git.ts'
import { createOutbound } from '../../clients/outbound.ts'
import { type GitServer, startGitServer } from './git-server.ts'

const basic = `Basic ${Buffer.from('kim:hunter').toString('base64')}`
let dir = ''
let server: GitServer
const open: { close(): Promise<void> | void }[] = []

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'driftless-modules-'))
  server = await startGitServer({ dir: join(dir, 'one'), authorization: basic })
  open.push(server)
})
afterEach(async () => {
  for (const { close } of open.splice(0)) await close()
  rmSync(dir, { recursive: true, force: true })
})

function gitWith(submodules = true): Git {
  const credentials = {
    ...{ secret: 'one', url: '', isTemplate: false, type: 'git', unbuilt: [] },
    ...{ username: 'kim', password: 'hunter' },
  }
  const git = createGit({
    ...{
      dir: join(dir, `mirrors-${submodules}`),
      allowFile: false,
      outbound: createOutbound({ allowLoopback: true }),
      submodules,
    },
    access: { synced: Promise.resolve(), of: () => ({ credentials }) },
  })
  open.push(git)
  return git
}

/** A commit whose folder `libs/module` is a submodule at this address. */
function withModule(url: string, commit: string): string {
  server.push({
    'app/a.yaml': 'own',
    '.gitmodules': `[submodule "m"]\n\tpath = libs/module\n\turl = ${url}\n`,
  })
  mkdirSync(join(dir, 'one', 'work', 'libs', 'module'), { recursive: true })
  server.git('update-index', '--add', '--cacheinfo', `160000,${commit},libs/module`)
  return server.push({})
}

/** A second repository beside the first one, as a bare copy of what another server serves. */
async function beside(files: Readonly<Record<string, string>>): Promise<string> {
  const other = await startGitServer({ dir: join(dir, 'other') })
  const commit = other.push(files)
  await other.close()
  const from = join(dir, 'other', 'srv', 'repo.git')
  execFileSync('git', ['clone', '--quiet', '--bare', from, join(dir, 'one', 'srv', 'module.git')])
  return commit
}

describe('a submodule (SRC-14)', () => {
  it('is read like a folder, with the credentials of its repository on the same server', async () => {
    const module = await beside({ 'deploy/b.yaml': 'from the module', 'c.yaml': 'c' })
    const commit = withModule('../module.git', module)
    const git = gitWith()
    const { url } = server
    await git.fetch({ url })
    const files = await git.readFiles(url, commit, '.')
    expect(files.map(({ path }) => path)).toEqual([
      '.gitmodules',
      'app/a.yaml',
      'libs/module/c.yaml',
      'libs/module/deploy/b.yaml',
    ])
    const below = await git.readFiles(url, commit, 'libs/module/deploy/b.yaml')
    expect(below.map(({ body }) => body.toString())).toEqual(['from the module'])
    expect(await git.treeHash(url, commit, 'libs/module/deploy')).toMatch(/^[0-9a-f]{40}$/)
    expect(await git.objectAt(url, commit, 'libs/module')).toMatchObject({ isFolder: true })
    // its commits are nobody's branches
    expect((await git.fetch({ url })).changed).toBe(false)
  })

  it('is not read when the operator says so', async () => {
    const module = await beside({ 'b.yaml': 'b' })
    const commit = withModule('../module.git', module)
    const git = gitWith(false)
    const { url } = server
    await git.fetch({ url })
    const files = await git.readTree(url, commit, '.', { recurse: true })
    expect(files.map(({ path }) => path)).toEqual(['.gitmodules', 'app/a.yaml'])
    expect(await git.treeHash(url, commit, 'libs/module')).toBeUndefined()
  })

  it('on another server is asked for without credentials', async () => {
    const seen: (string | undefined)[] = []
    const lure = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(404).end()
    })
    await new Promise<void>((ready) => lure.listen(0, '127.0.0.1', ready))
    open.push({ close: () => void lure.close() })
    const address = `http://127.0.0.1:${(lure.address() as AddressInfo).port}/x.git`
    const commit = withModule(address, 'a'.repeat(40))
    const git = gitWith()
    const { url } = server
    await git.fetch({ url })
    await expect(git.readFiles(url, commit, 'libs')).rejects.toThrow(/cannot be read/)
    expect(seen.length).toBeGreaterThan(0)
    expect(seen.every((header) => header === undefined)).toBe(true)
    // what lies outside of it is not touched by that
    expect(await git.readFiles(url, commit, 'app')).toHaveLength(1)
  })

  it.each(['--upload-pack=touch x', 'ext::sh -c x', 'file:///etc', '/etc'])(
    'at the address %s is refused (H13)',
    async (address) => {
      const commit = withModule(address, 'a'.repeat(40))
      const git = gitWith()
      const { url } = server
      await git.fetch({ url })
      await expect(git.readFiles(url, commit, 'libs')).rejects.toThrow(
        /not the address of a repository|cannot be read/,
      )
    },
  )
})
