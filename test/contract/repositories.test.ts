import { expect, test } from 'vitest'
import { createRepositories } from '../../activities/repositories.ts'
import { GitAccessError } from '../../core/errors.ts'
import { type GitFault, startFaultyGit } from '../harness/faulty-git.ts'
import { useGit } from './git-mirror.ts'

const at = useGit()

test('a look that failed answers everybody who asked before it, for five seconds', async () => {
  let now = 1_000
  const repositories = createRepositories(() => now)
  const { server, git } = at
  server.push({ 'a.yaml': '1' })
  const faulty = await startFaultyGit(server.url)
  faulty.become('answers 500')
  const ask = (since: number) => repositories.ensureFresh(git, faulty.url, since)
  await expect(ask(now)).rejects.toThrow(GitAccessError)
  faulty.become(undefined)
  now += 4_999
  await expect(ask(1_000)).rejects.toThrow(GitAccessError)
  expect(server.listings()).toBe(0)
  // who wants to know of what came later is given a look of his own
  await ask(now)
  expect(server.listings()).toBe(1)
  await ask(1_000)
  expect(server.listings()).toBe(1)
  await faulty.close()
})

test('a failed look is made again for whoever asks later than five seconds after it', async () => {
  let now = 1_000
  const repositories = createRepositories(() => now)
  const { server, git } = at
  server.push({ 'a.yaml': '1' })
  const faulty = await startFaultyGit(server.url)
  faulty.become('is away')
  await expect(repositories.ensureFresh(git, faulty.url, now)).rejects.toThrow(GitAccessError)
  faulty.become(undefined)
  now += 5_000
  await repositories.ensureFresh(git, faulty.url, 1_000)
  expect(server.listings()).toBe(1)
  await faulty.close()
})

test('a clock that is set back does not make an old look a fresh one (R15)', async () => {
  let now = 3_600_000
  const repositories = createRepositories(() => now)
  const { server, git } = at
  const { url } = server
  server.push({ 'a.yaml': '1' })
  await repositories.ensureFresh(git, url, now)
  now = 1_000
  const next = server.push({ 'a.yaml': '2' })
  await repositories.ensureFresh(git, url, now)
  expect(await git.resolve(url, 'main')).toEqual({ commit: next })
})

const faults: readonly GitFault[] = ['is away', 'answers 500', 'cuts packs short']
test.each(faults)(
  'a server that %s leaves the mirror as it was, and is read again when it works',
  async (fault) => {
    const { server, git } = at
    const first = server.push({ 'a.yaml': '1' })
    const faulty = await startFaultyGit(server.url)
    await git.fetch({ url: faulty.url })
    const second = server.push({ 'a.yaml': '2' })
    faulty.become(fault)
    await expect(git.fetch({ url: faulty.url })).rejects.toThrow(GitAccessError)
    expect(await git.resolve(faulty.url, 'main')).toEqual({ commit: first })
    expect(await git.treeHash(faulty.url, first, '.')).toBeDefined()
    faulty.become(undefined)
    expect((await git.fetch({ url: faulty.url })).head).toBe(second)
    await faulty.close()
  },
)
