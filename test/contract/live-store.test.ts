import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Cluster, createCluster } from '../../clients/kube/cluster.ts'
import type { LiveChange } from '../../clients/kube/live-store.ts'
import type { KubeTransport } from '../../clients/kube/transport.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { aroundPatches } from '../harness/around-patches.ts'
import { eventually } from '../harness/eventually.ts'
import { type ProxiedNamespace, proxiedNamespace } from '../harness/proxied-namespace.ts'

const namespace = 'contract-live'
const label = 'contract-live'
const path = `/api/v1/namespaces/${namespace}/configmaps`
const configMap = { group: '', kind: 'ConfigMap' }
let place: ProxiedNamespace
let cluster: Cluster
let changes: LiveChange[] = []
/** Runs between the answer of the server to a write and its arrival at us. */
let beforeAnswer = async () => {
  // most writes are answered at once
}
let watched = ''

const declared = (name: string, value: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { 'driftless.dev/application': label } },
  data: { value },
})
const edit = (name: string, patch: object) => place.kube.patch(`${path}/${name}`, patch)
const about = (name: string) =>
  changes
    .filter(({ key }) => key === `/ConfigMap/${namespace}/${name}`)
    .map(({ live, own }) => [own ? 'own' : 'foreign', (live?.data as { value?: string })?.value])
const whenTold = (name: string, count: number) =>
  eventually(
    () => about(name),
    (told) => told.length >= count,
  )
const live = (name: string) => cluster.live.get(`/ConfigMap/${namespace}/${name}`)

beforeAll(async () => {
  place = await proxiedNamespace(inject('endpoints').kubeconfig, namespace)
  const held = aroundPatches(place.transport, async (send) => {
    const answer = await send()
    await beforeAnswer()
    return answer
  })
  cluster = createCluster(seen(held), () => undefined)
  cluster.live.subscribe((change) => changes.push(change))
  await cluster.watch([configMap])
})
afterEach(() => {
  changes = []
})
afterAll(async () => {
  cluster.close()
  await place.close()
})

/** The same transport; what its watches have brought is kept. */
function seen(transport: KubeTransport): KubeTransport {
  return {
    ...transport,
    async stream(...args) {
      const body = await transport.stream(...args)
      return (async function* () {
        for await (const chunk of body) {
          yield chunk
          watched += chunk.toString()
        }
      })()
    },
  }
}

describe('a write of our own', () => {
  it('is known before it settles, and is told once, as our own', async () => {
    await cluster.apply(declared('written', 'one'))
    expect(live('written')?.data).toEqual({ value: 'one' })
    await cluster.apply(declared('written', 'two'))
    expect(live('written')?.data).toEqual({ value: 'two' })
    // what the watch says of both is said before this
    await edit('written', { data: { value: 'three' } })
    await whenTold('written', 3)
    expect(about('written')).toEqual([
      ['own', 'one'],
      ['own', 'two'],
      ['foreign', 'three'],
    ])
  })

  it('is our own also when the watch is faster than its answer', async () => {
    beforeAnswer = async () => {
      await eventually(
        () => watched,
        (text) => text.includes('"name":"overtaken"'),
      )
    }
    await cluster.apply(declared('overtaken', 'one'))
    beforeAnswer = async () => undefined
    await edit('overtaken', { data: { value: 'two' } })
    await whenTold('overtaken', 2)
    expect(about('overtaken')).toEqual([
      ['own', 'one'],
      ['foreign', 'two'],
    ])
  })

  it('does not hide what somebody else writes before its answer is here', async () => {
    beforeAnswer = async () => {
      await edit('disputed', { data: { value: 'theirs' } })
      await eventually(
        () => watched,
        (text) => text.includes('"theirs"'),
      )
    }
    await cluster.apply(declared('disputed', 'ours'))
    beforeAnswer = async () => undefined
    await whenTold('disputed', 2)
    expect(about('disputed')).toEqual([
      ['own', 'ours'],
      ['foreign', 'theirs'],
    ])
    expect(live('disputed')?.data).toEqual({ value: 'theirs' })
  })

  it('is a proof before what somebody else wrote meanwhile is told, so that drift is known as drift', async () => {
    const proofs: (string | undefined)[] = []
    cluster.live.subscribe(({ key, own }) => {
      if (!own && key.endsWith('/contested')) proofs.push(cluster.settled.get(key)?.desired)
    })
    beforeAnswer = async () => {
      await edit('contested', { data: { value: 'drifted' } })
      await eventually(
        () => watched,
        (text) => text.includes('"drifted"'),
      )
    }
    await cluster.apply(declared('contested', 'ours'), { proof: { digest: 'declared' } })
    beforeAnswer = async () => undefined
    await whenTold('contested', 2)
    expect(proofs).toEqual(['declared'])
  })

  it('that changes nothing is not told', async () => {
    await cluster.apply(declared('same', 'one'))
    await cluster.apply(declared('same', 'one'))
    await edit('same', { data: { value: 'two' } })
    await whenTold('same', 2)
    expect(about('same').map(([who]) => who)).toEqual(['own', 'foreign'])
  })
})

describe('an object', () => {
  const names = () =>
    cluster.live
      .ofApplication(label)
      .map(({ metadata }) => metadata.name)
      .filter((name) => name === 'moving')

  it('that loses our label leaves the watch, is told as gone, and can still be read by its key', async () => {
    await cluster.apply(declared('moving', 'one'))
    expect(names()).toEqual(['moving'])
    await edit('moving', { metadata: { labels: { 'driftless.dev/application': null } } })
    await whenTold('moving', 2)
    expect(about('moving')).toEqual([
      ['own', 'one'],
      ['foreign', undefined],
    ])
    expect(changes.at(-1)?.label).toBe(label)
    expect(live('moving')).toBeUndefined()
    expect(names()).toEqual([])
    const read = await cluster.read('v1', `/ConfigMap/${namespace}/moving`)
    expect(read?.data).toEqual({ value: 'one' })

    await cluster.apply(declared('moving', 'one'))
    expect(names()).toEqual(['moving'])
  })

  it('that is deleted is gone; one that is made anew under its name is known as the new one', async () => {
    await cluster.apply(declared('renewed', 'one'))
    const before = live('renewed')?.metadata.uid
    await place.kube.request('DELETE', `${path}/renewed`)
    await cluster.apply(declared('renewed', 'two'))
    await edit('renewed', { data: { value: 'three' } })
    await eventually(
      () => about('renewed').at(-1),
      (last) => last?.[1] === 'three',
    )
    expect(live('renewed')?.metadata.uid).not.toBe(before)
    await place.kube.request('DELETE', `${path}/renewed`)
    await eventually(
      () => live('renewed'),
      (object) => object === undefined,
    )
  })

  it('is kept without what nobody reads: field sets of others, the copy of kubectl', async () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{"big":1}',
      team: 'a',
    }
    await cluster.apply(declared('slim', 'one'))
    await edit('slim', { metadata: { annotations } })
    await whenTold('slim', 2)
    const metadata = live('slim')?.metadata
    expect(metadata?.annotations).toEqual({ team: 'a' })
    expect(
      metadata?.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1 !== undefined]),
    ).toEqual([
      ['driftless', true],
      ['unknown', false],
    ])
  })

  it('of another application, or of none, is not among ours', async () => {
    await place.kube.request('POST', path, { metadata: { name: 'unlabelled' } })
    const foreign = declared('foreign', 'one')
    await cluster.apply({
      ...foreign,
      metadata: { ...foreign.metadata, labels: { 'driftless.dev/application': 'other' } },
    })
    await eventually(
      () => cluster.live.ofApplication('other'),
      (objects) => objects.length === 1,
    )
    expect(live('unlabelled')).toBeUndefined()
    expect(names()).toEqual(['moving'])
  })
})

describe('after the API server was away', () => {
  it('what was changed and deleted meanwhile is told', async () => {
    await cluster.apply(declared('changed', 'one'))
    await cluster.apply(declared('deleted', 'one'))
    place.proxy.cut()
    await eventually(cluster.connected, (connected) => !connected)
    await edit('changed', { data: { value: 'two' } })
    await place.kube.request('DELETE', `${path}/deleted`)
    place.proxy.restore()
    await whenTold('changed', 2)
    await whenTold('deleted', 2)
    expect(about('changed').at(-1)).toEqual(['foreign', 'two'])
    expect(about('deleted').at(-1)).toEqual(['foreign', undefined])
    expect(cluster.connected()).toBe(true)
  })
})
