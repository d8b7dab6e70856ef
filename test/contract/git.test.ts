import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createGit, type Git } from '../../clients/git.ts'
import { GitAccessError, GitAuthError } from '../../core/errors.ts'
import { type GitServer, startGitServer } from './git-server.ts'

let dir: string
let server: GitServer
let git: Git

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'driftless-git-'))
  server = await startGitServer({ dir })
  git = createGit({ dir: join(dir, 'mirrors'), allowFile: false })
})

afterEach(async () => {
  git.close()
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})

const mirrorDir = (): string => join(dir, 'mirrors', readdirSync(join(dir, 'mirrors'))[0] ?? '')

test('SRC-03: empty, HEAD, branch, tag, full ref, full and short SHA name the same commit', async () => {
  const { url } = server
  const commit = server.push({ 'a.yaml': 'a' })
  server.git('tag', '-a', 'v1', '-m', 'first')
  server.git('push', '--quiet', 'origin', 'v1')
  expect(await git.fetch({ url })).toEqual({ head: commit, changed: true })
  const names = [
    '',
    'HEAD',
    'main',
    'v1',
    'refs/heads/main',
    'refs/tags/v1',
    commit,
    commit.slice(0, 7),
  ]
  for (const name of names) expect(await git.resolve(url, name), name).toEqual({ commit })
})

test('SRC-04: a name that is a branch and a tag is refused unless it is spelt out', async () => {
  const { url } = server
  server.push({ 'a.yaml': 'a' })
  server.git('tag', 'twin')
  const branch = server.push({ 'a.yaml': 'b' })
  server.git('push', '--quiet', 'origin', 'refs/tags/twin', 'HEAD:refs/heads/twin')
  await git.fetch({ url })
  await expect(git.resolve(url, 'twin')).rejects.toThrow('use refs/heads/twin or refs/tags/twin')
  expect(await git.resolve(url, 'refs/heads/twin')).toEqual({ commit: branch })
})

test('a revision that does not exist is told with the repository', async () => {
  const { url } = server
  server.push({ 'a.yaml': 'a' })
  await git.fetch({ url })
  for (const revision of ['no-such', 'refs/heads/no-such', 'deadbeef', '--upload-pack=x']) {
    await expect(git.resolve(url, revision)).rejects.toThrow(`${url} has no revision ${revision}`)
  }
})

test('a commit changes the tree of the path that it touches and of no other', async () => {
  const { url } = server
  const first = server.push({ 'apps/a/x.yaml': '1', 'apps/b/x.yaml': '1' })
  await git.fetch({ url })
  const before = await Promise.all(
    ['apps/a', 'apps/b'].map((path) => git.treeHash(url, first, path)),
  )
  const second = server.push({ 'apps/a/x.yaml': '2' })
  expect(await git.fetch({ url })).toEqual({ head: second, changed: true })
  expect(await git.treeHash(url, second, 'apps/a')).not.toBe(before[0])
  expect(await git.treeHash(url, second, './apps/b/')).toBe(before[1])
  expect(await git.treeHash(url, second, 'apps/c')).toBeUndefined()
  expect(await git.treeHash(url, second, 'apps/a/x.yaml')).toBeUndefined()
  expect(await git.fetch({ url })).toEqual({ head: second, changed: false })
})

test('a force-push moves the branch back, a deleted branch is gone, HEAD follows the default branch', async () => {
  const { url } = server
  const first = server.push({ 'a.yaml': '1' })
  server.push({ 'a.yaml': '2' })
  server.git('push', '--quiet', 'origin', 'HEAD:refs/heads/other')
  await git.fetch({ url })
  server.git(
    'push',
    '--quiet',
    '--force',
    'origin',
    `${first}:refs/heads/main`,
    ':refs/heads/other',
  )
  expect((await git.fetch({ url })).head).toBe(first)
  await expect(git.resolve(url, 'other')).rejects.toThrow(GitAccessError)

  const stable = server.push({ 'a.yaml': '3' })
  server.git('push', '--quiet', 'origin', 'HEAD:refs/heads/stable', `+${first}:refs/heads/main`)
  execFileSync('git', [
    '-C',
    join(dir, 'srv', 'repo.git'),
    'symbolic-ref',
    'HEAD',
    'refs/heads/stable',
  ])
  expect((await git.fetch({ url })).head).toBe(stable)
})

test('an empty repository and one without its default branch are readable', async () => {
  const { url } = server
  expect((await git.fetch({ url })).head).toBeUndefined()
  await expect(git.resolve(url, 'HEAD')).rejects.toThrow('has no default branch')
  const commit = server.push({ 'a.yaml': '1' })
  expect((await git.fetch({ url })).head).toBe(commit)
  server.git('push', '--quiet', 'origin', 'HEAD:refs/heads/dev')
  execFileSync('git', ['-C', join(dir, 'srv', 'repo.git'), 'update-ref', '-d', 'refs/heads/main'])
  expect((await git.fetch({ url })).head).toBeUndefined()
  expect(await git.resolve(url, 'dev')).toEqual({ commit })
})

test('callers that come while a fetch runs share one later fetch', async () => {
  const { url } = server
  server.push({ 'a.yaml': '1' })
  await git.fetch({ url })
  const before = server.listings()
  const release = server.hold()
  const first = git.fetch({ url })
  await expect.poll(() => server.listings()).toBe(before + 1)
  const later = [1, 2, 3, 4, 5].map(() => git.fetch({ url }))
  const commit = server.push({ 'a.yaml': '2' })
  release()
  await first
  for (const { head } of await Promise.all(later)) expect(head).toBe(commit)
  expect(server.listings()).toBe(before + 2)
})

test('SRC-02: files are read below a path, links inside are followed, links outside are refused', async () => {
  const { url } = server
  server.git('config', 'core.symlinks', 'true')
  const text = 'kind: Ümlaut\n'
  server.push({
    'base/cm.yaml': text,
    'app/a.yaml': 'a',
    'app/sub/b.yaml': 'b',
    'other/x.yaml': 'x',
  })
  const link = (target: string, name: string) =>
    execFileSync('ln', ['-sfn', target, join(dir, 'work', name)])
  link('../base/cm.yaml', 'base/one.yaml')
  link('../base/one.yaml', 'app/two.yaml')
  link('../base', 'app/folder')
  link('nowhere', 'app/readme')
  const commit = server.push({}, 'links')
  await git.fetch({ url })
  const files = await git.readTree(url, commit, 'app', { recurse: true })
  expect(files.map(({ path }) => path)).toEqual(['a.yaml', 'sub/b.yaml', 'two.yaml'])
  const blobs = await git.readBlobs(
    url,
    files.map(({ blob }) => blob),
  )
  expect(files.map(({ blob }) => blobs.get(blob))).toEqual(['a', 'b', text])
  const flat = await git.readTree(url, commit, 'app', { recurse: false })
  expect(flat.map(({ path }) => path)).toEqual(['a.yaml', 'two.yaml'])

  for (const [target, reason] of [
    ['../../secret.yaml', 'leaves the repository'],
    ['/etc/passwd', 'leaves the repository'],
    ['gone.yaml', 'does not exist'],
    ['bad.yaml', 'round in circles'],
  ] as const) {
    link(target, 'app/bad.yaml')
    const bad = server.push({}, 'bad link')
    await git.fetch({ url })
    await expect(git.readTree(url, bad, 'app', { recurse: false })).rejects.toThrow(reason)
  }
  for (const path of ['../x', '/etc', 'app/../../x']) {
    await expect(git.readTree(url, commit, path, { recurse: true })).rejects.toThrow(
      'leaves the repository',
    )
  }
  await expect(git.readTree(url, commit, 'no', { recurse: true })).rejects.toThrow(
    'the path no is not a folder',
  )
})

test('what is no manifest by its size is refused and the next file is still read right', async () => {
  const { url } = server
  const commit = server.push({
    'a.yaml': 'x'.repeat(33 * 1024 * 1024),
    'b.yaml': 'b'.repeat(300_000),
  })
  await git.fetch({ url })
  const [large, small] = await git.readTree(url, commit, '.', { recurse: false })
  const reads = await Promise.allSettled([
    git.readBlobs(url, [large?.blob ?? '']),
    git.readBlobs(url, [small?.blob ?? '']),
  ])
  expect(reads[0]).toMatchObject({ reason: { message: expect.stringContaining('too large') } })
  expect(reads[1]).toMatchObject({ value: new Map([[small?.blob, 'b'.repeat(300_000)]]) })
})

test('subject and author of a commit', async () => {
  const { url } = server
  const commit = server.push({ 'a.yaml': '1' }, 'fix probe\n\nauthor nobody <x@y> 1 +0000')
  await git.fetch({ url })
  expect(await git.commitInfo(url, commit)).toEqual({ subject: 'fix probe', author: 'kim' })
})

test('credentials are sent, from the address too, and never shown', async () => {
  const password = 'hunter/2@secret'
  const authorization = `Basic ${Buffer.from(`kim:${password}`).toString('base64')}`
  const guarded = await startGitServer({ dir: join(dir, 'guarded'), authorization })
  const commit = guarded.push({ 'a.yaml': '1' })
  const { url } = guarded
  await expect(git.fetch({ url })).rejects.toThrow(GitAuthError)
  expect((await git.fetch({ url, credentials: { username: 'kim', password } })).head).toBe(commit)

  const withUser = url.replace('//', `//kim:${encodeURIComponent(password)}@`)
  expect((await git.fetch({ url: withUser })).head).toBe(commit)
  expect(readFileSync(join(mirrorDir(), 'config'), 'utf8')).not.toContain('hunter')
  const wrong = git.fetch({ url: url.replace('//', '//kim:hunter3@') })
  const error = await wrong.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(GitAuthError)
  expect(String((error as Error).stack)).not.toMatch(/hunter/)
  await guarded.close()
})

test('a repository that is not there, and addresses that are none', async () => {
  const missing = server.url.replace('repo.git', 'missing.git')
  await expect(git.fetch({ url: missing })).rejects.toThrow(GitAccessError)
  for (const url of [
    '-oProxyCommand=x',
    '--upload-pack=x',
    'ext::sh -c id',
    '/etc',
    'ssh://-oProxyCommand=x/y',
    'git@-x:y',
  ]) {
    await expect(git.fetch({ url })).rejects.toThrow('is not the address of a repository')
  }
  await expect(git.fetch({ url: `file://${dir}/srv/repo.git` })).rejects.toThrow(
    "'file' not allowed",
  )
})

test('locks of a killed fetch and lost objects are healed', async () => {
  const { url } = server
  const commit = server.push({ 'a.yaml': '1' })
  await git.fetch({ url })
  writeFileSync(join(mirrorDir(), 'refs', 'heads', 'main.lock'), '')
  const next = server.push({ 'a.yaml': '2' })
  expect((await git.fetch({ url })).head).toBe(next)

  const [file] = await git.readTree(url, next, '.', { recurse: false })
  const id = file?.blob ?? ''
  git.close()
  rmSync(join(mirrorDir(), 'objects', id.slice(0, 2), id.slice(2)))
  const another = createGit({ dir: join(dir, 'mirrors'), allowFile: false })
  await expect(another.readBlobs(url, [id])).rejects.toThrow(GitAccessError)
  await expect
    .poll(async () => (await another.readBlobs(url, [id]).catch(() => new Map())).size)
    .toBe(1)
  expect(await another.has(url, commit)).toBe(true)
  another.close()
})

test('a reading process that dies is replaced', async () => {
  const { url } = server
  const commit = server.push({ 'a/x.yaml': '1' })
  await git.fetch({ url })
  const hash = await git.treeHash(url, commit, 'a')
  for (const pid of catFiles()) process.kill(pid, 'SIGKILL')
  await expect.poll(() => git.treeHash(url, commit, 'a').catch(() => undefined)).toBe(hash)
  git.close()
  expect(await git.treeHash(url, commit, 'a')).toBe(hash)
})

test('the mirror of an earlier process is read without the server', async () => {
  const { url } = server
  const commit = server.push({ 'a.yaml': '1' })
  await git.fetch({ url })
  await server.close()
  const later = createGit({ dir: join(dir, 'mirrors'), allowFile: false })
  expect(await later.resolve(url, 'main')).toEqual({ commit })
  expect(await later.resolve(url, 'HEAD')).toEqual({ commit })
  later.close()
})

/** The reading processes that this process started. */
function catFiles(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const isOurs = readFileSync(`/proc/${name}/stat`, 'utf8').includes(` ${process.pid} `)
        return isOurs && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('cat-file')
      } catch {
        // ended meanwhile
        return false
      }
    })
    .map(Number)
}
