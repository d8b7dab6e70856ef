import { describe, expect, it } from 'vitest'
import type { ApplicationChange, StoredApplication } from '../clients/applications.ts'
import { NetworkError } from '../core/errors.ts'
import { createFeed } from './feed.ts'

const application = (name: string, version: number) => {
  const ref = { namespace: 'argocd', name, uid: name }
  const object = {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
    metadata: { ...ref, resourceVersion: String(version) },
  }
  return { ref, application: { ref, object } as unknown as StoredApplication }
}
/** A feed whose first list had `listed`, and what changes afterwards. */
const feedAfter = async (listed: readonly ApplicationChange[]) => {
  const listeners: ((change: ApplicationChange) => void)[] = []
  const synced = Promise.withResolvers<void>()
  const feed = createFeed({
    synced: synced.promise,
    subscribe: (listener) => listeners.push(listener),
  })
  const tell = (change: ApplicationChange) => {
    for (const listener of listeners) listener(change)
  }
  for (const change of listed) tell(change)
  expect(() => feed.position()).toThrow(NetworkError)
  synced.resolve()
  await synced.promise
  return { feed, tell }
}
const names = (entries: readonly { readonly ref: { readonly name: string } }[] | undefined) =>
  entries?.map(({ ref }) => ref.name)

describe('the positions of the feed', () => {
  it('go on after the one that was seen', async () => {
    const { feed, tell } = await feedAfter([application('a', 10)])
    tell(application('b', 20))
    tell(application('a', 30))
    expect(names(feed.since('10'))).toEqual(['b', 'a'])
    expect(names(feed.since('20'))).toEqual(['a'])
    expect(names(feed.since('25'))).toEqual(['a'])
    expect(names(feed.since('30'))).toEqual([])
    expect(feed.position()).toBe('30')
  })

  it('include deletions, which have no resourceVersion of their own', async () => {
    const { feed, tell } = await feedAfter([application('a', 10)])
    tell(application('b', 20))
    tell({ ref: application('a', 10).ref, application: undefined })
    expect(names(feed.since('20'))).toEqual(['a'])
  })

  it('are not known before the first list, from the future, or when they are no numbers', async () => {
    const { feed } = await feedAfter([application('a', 10)])
    for (const position of ['9', '11', '', 'x', '-1']) expect(feed.since(position)).toBeUndefined()
  })

  it('are forgotten in the end, never guessed', async () => {
    const { feed, tell } = await feedAfter([application('a', 1)])
    for (let version = 2; version <= 20_003; version++) tell(application('a', version))
    expect(feed.since('5')).toBeUndefined()
    expect(feed.since('20002')).toHaveLength(1)
  })

  it('of an empty list begin with the first change', async () => {
    const { feed, tell } = await feedAfter([])
    expect(feed.position()).toBe('0')
    tell(application('a', 50))
    expect(feed.since('40')).toBeUndefined()
    expect(names(feed.since('50'))).toEqual([])
  })
})
