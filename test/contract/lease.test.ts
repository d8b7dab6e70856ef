import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { fencedTransport } from '../../clients/kube/fenced-transport.ts'
import { createLease, type LeaseOptions, type Tenure } from '../../clients/kube/lease.ts'
import type { KubeTransport } from '../../clients/kube/transport.ts'
import { NetworkError } from '../../core/errors.ts'
import { eventually } from '../harness/eventually.ts'
import { createKubeClient, createNamespace, type KubeClient } from '../harness/kube.ts'
import { isThere } from '../harness/presence.ts'
import { type ProxiedTransport, proxiedTransport } from '../harness/proxied-transport.ts'

const { kubeconfig } = inject('endpoints')
const namespace = 'contract-lease'
const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
// nobody can wait for it to expire within a test
const long = { durationMs: 3_600_000, renewDeadlineMs: 1_800_000, retryMs: 50 }
const short = { durationMs: 3_000, renewDeadlineMs: 1_500, retryMs: 100 }
const stopping = new AbortController()
let kube: KubeClient
let tenures: Tenure[] = []
let opened: ProxiedTransport[] = []

beforeAll(async () => {
  kube = createKubeClient(kubeconfig)
  await createNamespace(kube, namespace)
})
afterEach(async () => {
  await Promise.all(tenures.map((tenure) => tenure.release()))
  await Promise.all(opened.map((proxied) => proxied.close()))
  tenures = []
  opened = []
})
afterAll(async () => {
  stopping.abort()
  await kube.close()
})

const open = async () => {
  const proxied = await proxiedTransport(kubeconfig)
  opened.push(proxied)
  return proxied
}
const candidate = (
  transport: KubeTransport,
  name: string,
  identity: string,
  more: Partial<LeaseOptions> = {},
) => {
  const onError = () => undefined
  const lease = createLease({ transport, namespace, name, identity, onError, times: long, ...more })
  return async () => {
    const tenure = await lease.acquire(stopping.signal)
    if (tenure === undefined) throw new Error('stopped')
    tenures.push(tenure)
    return tenure
  }
}
type Spec = { readonly holderIdentity: string; readonly leaseTransitions: number }
const specOf = async (name: string) =>
  (await kube.request('GET', `${leases}/${name}`)).spec as Spec & { readonly renewTime: string }
const whenLost = ({ lost }: Tenure) =>
  eventually(
    () => lost,
    ({ aborted }) => aborted,
  )

describe('a Lease, by which clusters are shared out among workers (CLUS-10)', () => {
  it('has one holder: a second one waits, is told of the first, and has it at once after a release', async () => {
    const { transport } = await open()
    const first = await candidate(transport, 'two', 'first')()
    const told = Promise.withResolvers<string>()
    const second = candidate(transport, 'two', 'second', { onWait: told.resolve })()
    expect(await told.promise).toBe('first')
    expect(await specOf('two')).toMatchObject({ holderIdentity: 'first', leaseTransitions: 0 })
    await first.release()
    expect(first.isHeld()).toBe(false)
    expect((await second).isHeld()).toBe(true)
    expect(await specOf('two')).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 })
  })

  it('goes to one of two that want it in the same moment', async () => {
    const { transport } = await open()
    const bothHaveRead = Promise.withResolvers<void>()
    let reads = 0
    const together: KubeTransport = {
      ...transport,
      async request<T>(...args: Parameters<KubeTransport['request']>) {
        const answer = await transport
          .request<T>(...args)
          .then((value) => () => value)
          .catch((error: unknown) => () => {
            throw error
          })
        if (args[1]?.method === undefined && ++reads === 2) bothHaveRead.resolve()
        if (args[1]?.method === undefined) await bothHaveRead.promise
        return answer()
      },
    }
    const told: string[] = []
    const onWait = (holder: string) => told.push(holder)
    const wanting = ['one', 'other'].map((identity) =>
      candidate(together, 'race', identity, { onWait })().then((tenure) => ({ identity, tenure })),
    )
    const { identity: winner, tenure } = await Promise.race(wanting)
    await eventually(
      () => told,
      (holders) => holders.includes(winner),
    )
    expect((await specOf('race')).holderIdentity).toBe(winner)
    await tenure.release()
    await Promise.all(wanting)
  })

  it('is taken over when its holder does not renew it, which has stopped by itself before', async () => {
    const cutOff = await open()
    const { transport } = await open()
    const first = await candidate(cutOff.transport, 'expiry', 'cut off', { times: short })()
    const fenced = fencedTransport(transport, first)
    const second = candidate(transport, 'expiry', 'successor', { times: short })()
    cutOff.proxy.silence()
    await whenLost(first)
    expect(String(first.lost.reason)).toContain('could not be renewed in time')
    expect((await specOf('expiry')).holderIdentity).toBe('cut off')
    const written = fenced.request(leases, {
      method: 'POST',
      body: { metadata: { name: 'late' } },
    })
    await expect(written).rejects.toThrow(NetworkError)
    await second
    expect(first.isHeld()).toBe(false)
    expect(await isThere(kube, `${leases}/late`)).toBe(false)
  })

  it('is taken over without waiting from a holder that has certainly ended', async () => {
    const { transport } = await open()
    await candidate(transport, 'ended', 'killed')()
    const hasEnded = (holder: string) => holder === 'killed'
    const next = await candidate(transport, 'ended', 'next', { hasEnded })()
    expect(next.isHeld()).toBe(true)
  })

  it('is lost at once when somebody else is written into it', async () => {
    const { transport } = await open()
    const tenure = await candidate(transport, 'usurped', 'first')()
    await kube.patch(`${leases}/usurped`, { spec: { holderIdentity: 'usurper' } })
    await whenLost(tenure)
    expect(String(tenure.lost.reason)).toContain('usurper holds it now')
    expect(tenure.isHeld()).toBe(false)
  })

  it('stays with its holder when somebody writes to it or deletes it', async () => {
    const { transport } = await open()
    const tenure = await candidate(transport, 'edited', 'first')()
    const annotations = { note: 'kept' }
    await kube.patch(`${leases}/edited`, { metadata: { annotations } })
    const { renewTime: before } = await specOf('edited')
    await eventually(
      () => specOf('edited'),
      ({ renewTime }) => renewTime > before,
    )
    const { metadata } = await kube.request('GET', `${leases}/edited`)
    expect(metadata.annotations).toEqual(annotations)
    await kube.request('DELETE', `${leases}/edited`)
    await eventually(
      () => isThere(kube, `${leases}/edited`),
      (there) => there,
    )
    expect(tenure.isHeld()).toBe(true)
    expect((await specOf('edited')).holderIdentity).toBe('first')
  })

  it('is kept through an API server that is away for less than the renew deadline', async () => {
    const { transport, proxy } = await open()
    const errors: unknown[] = []
    const onError = (error: unknown) => errors.push(error)
    const tenure = await candidate(transport, 'outage', 'first', { onError })()
    proxy.cut()
    await eventually(
      () => errors,
      ({ length }) => length >= 2,
    )
    proxy.restore()
    const { renewTime: before } = await specOf('outage')
    await eventually(
      () => specOf('outage'),
      ({ renewTime }) => renewTime > before,
    )
    expect(tenure.isHeld()).toBe(true)
  })
})
