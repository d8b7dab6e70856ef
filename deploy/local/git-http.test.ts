import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { seedDemoRepository } from './demo-repository.ts'
import { git } from './git-command.ts'
import { createGitServer } from './git-http.ts'
import { pushEvent, type RefChange } from './push-event.ts'

let folder: string
let work: string
let url: string
let server: Server
let pushes: RefChange[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'git-http-'))
  work = join(folder, 'work')
  pushes = []
  await seedDemoRepository(join(folder, 'srv'))
  server = createGitServer({
    root: join(folder, 'srv'),
    token: 'open-sesame',
    onPush: async (_, change) => {
      pushes.push(change)
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/demo.git`
  await git(folder, 'clone', '--quiet', url, work)
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})

async function commit(file: string): Promise<string> {
  writeFileSync(join(work, file), 'changed')
  await git(work, 'add', '--all')
  await git(work, 'commit', '--quiet', '--message', `change ${file}`)
  return await git(work, 'rev-parse', 'HEAD')
}

const bearer = (token: string): string => `http.extraHeader=Authorization: Bearer ${token}`

test('everybody may read', async () => {
  expect(await git(work, 'ls-tree', '-r', '--name-only', 'HEAD')).toContain(
    'guestbook/deployment.yaml',
  )
})

test.each([
  { how: 'no token', options: [] },
  { how: 'a wrong token', options: ['-c', bearer('open-sesamE')] },
  { how: 'an empty token', options: ['-c', bearer('')] },
])('a push with $how is refused and changes nothing', async ({ options }) => {
  const before = await git(work, 'rev-parse', 'HEAD')
  await commit('README.md')
  await expect(git(work, ...options, 'push')).rejects.toThrow('git')
  expect(await git(work, 'ls-remote', 'origin', 'HEAD')).toContain(before)
  expect(pushes).toEqual([])
})

test('a push with the token as password or bearer moves the branch and is told once', async () => {
  const first = await commit('README.md')
  await git(work, 'push', url.replace('http://', 'http://any:open-sesame@'), 'main')
  const second = await commit('README.md.new')
  await git(work, '-c', bearer('open-sesame'), 'push', 'origin', 'main')
  await vi.waitFor(() => expect(pushes).toHaveLength(2))
  expect(pushes[1]).toEqual({ ref: 'refs/heads/main', before: first, after: second })
})

test('the event of a push is what GitHub sends', async () => {
  const before = await git(work, 'rev-parse', 'HEAD')
  const after = await commit('guestbook/new.yaml')
  await git(work, '-c', bearer('open-sesame'), 'push', 'origin', 'main')
  const change = { ref: 'refs/heads/main', before, after }
  expect(await pushEvent(join(folder, 'srv', 'demo.git'), url, change)).toMatchObject({
    ...change,
    ...{ created: false, deleted: false, forced: false },
    commits: [{ id: after, added: ['guestbook/new.yaml'], removed: [], modified: [] }],
    head_commit: { id: after, message: 'change guestbook/new.yaml' },
    repository: { clone_url: url, html_url: url.replace('.git', ''), default_branch: 'main' },
  })
})

test('a path outside of the repositories is not served', async () => {
  const address = url.replace('/demo.git', '')
  for (const path of ['/../work/README.md', '/demo.git/config', '/x.git/../demo.git/config']) {
    const response = await fetch(`${address}${path}`)
    expect(response.status).toBe(404)
  }
})

test('the demo repository is made once: what was pushed stays', async () => {
  const after = await commit('README.md')
  await git(work, '-c', bearer('open-sesame'), 'push', 'origin', 'main')
  await seedDemoRepository(join(folder, 'srv'))
  expect(await git(work, 'ls-remote', 'origin', 'HEAD')).toContain(after)
})
