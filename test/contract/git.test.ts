import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GitAccessError } from '../../core/errors.ts'
import { useGit } from './git-mirror.ts'

const at = useGit()

test('SRC-03: empty, HEAD, branch, tag, full ref, full and short SHA name the same commit', async () => {
  const { server, git } = at
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
  const { server, git } = at
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
  const { server, git } = at
  const { url } = server
  server.push({ 'a.yaml': 'a' })
  await git.fetch({ url })
  for (const revision of ['no-such', 'refs/heads/no-such', 'deadbeef', '--upload-pack=x']) {
    await expect(git.resolve(url, revision)).rejects.toThrow(`${url} has no revision ${revision}`)
  }
})

test('a commit changes the tree of the path that it touches and of no other', async () => {
  const { server, git } = at
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
  const { server, git } = at
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
    join(at.dir, 'srv', 'repo.git'),
    'symbolic-ref',
    'HEAD',
    'refs/heads/stable',
  ])
  expect((await git.fetch({ url })).head).toBe(stable)
})

test('an empty repository and one without its default branch are readable', async () => {
  const { server, git } = at
  const { url } = server
  expect((await git.fetch({ url })).head).toBeUndefined()
  await expect(git.resolve(url, 'HEAD')).rejects.toThrow('has no default branch')
  const commit = server.push({ 'a.yaml': '1' })
  expect((await git.fetch({ url })).head).toBe(commit)
  server.git('push', '--quiet', 'origin', 'HEAD:refs/heads/dev')
  execFileSync('git', [
    '-C',
    join(at.dir, 'srv', 'repo.git'),
    'update-ref',
    '-d',
    'refs/heads/main',
  ])
  expect((await git.fetch({ url })).head).toBeUndefined()
  expect(await git.resolve(url, 'dev')).toEqual({ commit })
})

test('callers that come while a fetch runs share one later fetch', async () => {
  const { server, git } = at
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

test('subject and author of a commit', async () => {
  const { server, git } = at
  const { url } = server
  const commit = server.push({ 'a.yaml': '1' }, 'fix probe\n\nauthor nobody <x@y> 1 +0000')
  await git.fetch({ url })
  expect(await git.commitInfo(url, commit)).toEqual({ subject: 'fix probe', author: 'kim' })
})
