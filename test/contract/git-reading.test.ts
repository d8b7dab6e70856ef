import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useGit } from './git-mirror.ts'

const at = useGit()

test('SRC-02: files are read below a path, links inside are followed, links outside are refused', async () => {
  const { server, git } = at
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
    execFileSync('ln', ['-sfn', target, join(at.dir, 'work', name)])
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
  const { server, git } = at
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
