import { describe, expect, it } from 'vitest'
import type { StoredApplication } from '../clients/applications.ts'
import { createSubscriber } from './subscriber.ts'

const change = (name: string, version: number, labels: Readonly<Record<string, string>> = {}) => {
  const ref = { namespace: 'argocd', name, uid: name }
  const metadata = { ...ref, labels, managedFields: [], resourceVersion: String(version) }
  const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata }
  const application = { ref, object } as unknown as StoredApplication
  return { ref, application, position: String(version) }
}
const everything = () => true

describe('what a reader of the stream is told', () => {
  it('is the newest state only, however slowly it reads', async () => {
    const subscriber = createSubscriber(everything)
    for (let version = 1; version <= 10_000; version++) subscriber.push(change('a', version))
    subscriber.push(change('b', 10_001))
    expect(await subscriber.next(0)).toMatchObject({ type: 'ADDED', position: '10000' })
    expect(await subscriber.next(0)).toMatchObject({ type: 'ADDED', position: '10001' })
    expect(await subscriber.next(0)).toBeUndefined()
  })

  it('comes in the order of the last changes, so that the last id is safe to resume from', async () => {
    const subscriber = createSubscriber(everything)
    for (const [name, version] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const) {
      subscriber.push(change(name, version))
    }
    expect((await subscriber.next(0))?.position).toBe('2')
    expect((await subscriber.next(0))?.position).toBe('3')
  })

  it('is nothing of an application that came and went between two reads', async () => {
    const subscriber = createSubscriber(everything)
    subscriber.push(change('a', 1))
    subscriber.push({ ...change('a', 2), application: undefined as never })
    expect(await subscriber.next(0)).toBeUndefined()
  })

  it('is a deletion when it no longer fits the filter', async () => {
    const matches = ({ object }: StoredApplication) => object.metadata.labels?.team === 'shop'
    const subscriber = createSubscriber(matches)
    subscriber.push(change('a', 1, { team: 'shop' }))
    expect((await subscriber.next(0))?.type).toBe('ADDED')
    subscriber.push(change('a', 2, { team: 'bank' }))
    expect((await subscriber.next(0))?.type).toBe('DELETED')
  })

  it('waits for the next change, and ends when it is closed', async () => {
    const subscriber = createSubscriber(everything)
    const next = subscriber.next(60_000)
    subscriber.push(change('a', 1))
    expect((await next)?.type).toBe('ADDED')
    const last = subscriber.next(60_000)
    subscriber.close()
    expect(await last).toBeUndefined()
  })
})
