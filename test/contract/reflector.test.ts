import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { createReflector, type Reflector } from '../../clients/kube/reflector.ts'
import type { KubeRequest, KubeTransport } from '../../clients/kube/transport.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { eventually } from '../harness/eventually.ts'
import { freshKind } from '../harness/fresh-kind.ts'
import { createKubeClient, createNamespace, type KubeClient } from '../harness/kube.ts'
import { type ProxiedTransport, proxiedTransport } from '../harness/proxied-transport.ts'

const { kubeconfig } = inject('endpoints')
const opened: { close(): Promise<void> }[] = []
let kube: KubeClient
let namespaces = 0
let path = ''

beforeAll(() => {
  kube = createKubeClient(kubeconfig)
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
})
afterAll(() => kube.close())

type Query = NonNullable<KubeRequest['query']>

/** What a reflector tells, as the collection that it follows. */
type Followed = {
  readonly reflector: Reflector
  readonly proxy: ProxiedTransport['proxy']
  /** Names and values of the objects that it knows. */
  known(): Readonly<Record<string, string>>
  /** How many full lists it has made. */
  lists(): number
  /** How many watches the server has opened. */
  watches(): number
  /** The queries of all requests and watches so far. */
  readonly queries: readonly Query[]
  readonly errors: readonly unknown[]
}

/** Follows the labelled ConfigMaps; `change` may alter what a watch asks the real server for. */
async function follow(
  change: (query: Query) => Query | Promise<Query> = (query) => query,
): Promise<Followed> {
  const proxied = await proxiedTransport(kubeconfig)
  const objects = new Map<string, string>()
  const errors: unknown[] = []
  const queries: Query[] = []
  let lists = 0
  let watches = 0
  const transport: KubeTransport = {
    ...proxied.transport,
    request(of, request = {}) {
      queries.push(request.query ?? {})
      return proxied.transport.request(of, request)
    },
    async stream(of, request) {
      queries.push(request.query ?? {})
      const query = await change(request.query ?? {})
      const body = await proxied.transport.stream(of, { ...request, query })
      watches++
      return body
    },
  }
  const put = ({ metadata, data }: Manifest) =>
    objects.set(metadata.name ?? '', (data as { value?: string } | undefined)?.value ?? '')
  const reflector = createReflector({
    transport,
    path,
    labelSelector: 'followed',
    onChange: put,
    onDelete: ({ metadata }) => objects.delete(metadata.name ?? ''),
    onList: (all) => {
      lists++
      const present = new Set(all.map(({ metadata }) => metadata.name))
      for (const name of objects.keys()) if (!present.has(name)) objects.delete(name)
    },
    onError: (error) => errors.push(error),
  })
  opened.push({
    async close() {
      reflector.stop()
      await proxied.close()
    },
  })
  await reflector.synced
  const known = () => Object.fromEntries([...objects].sort())
  return {
    reflector,
    proxy: proxied.proxy,
    known,
    lists: () => lists,
    watches: () => watches,
    queries,
    errors,
  }
}

async function newNamespace(): Promise<string> {
  const name = `contract-reflector-${namespaces++}`
  await createNamespace(kube, name)
  path = `/api/v1/namespaces/${name}/configmaps`
  return name
}
const create = (
  name: string,
  value: string,
  {
    labels = { followed: 'yes' },
    ...head
  }: { labels?: object; kind?: string; apiVersion?: string } = {},
) => kube.request('POST', path, { ...head, metadata: { name, labels }, data: { value } })
const set = (name: string, value: string) => kube.patch(`${path}/${name}`, { data: { value } })
const knows = (followed: Followed, wanted: Readonly<Record<string, string>>) =>
  eventually(followed.known, (known) => JSON.stringify(known) === JSON.stringify(wanted))

it('lists what is there page by page, then follows every change (CLUS-07)', async () => {
  await newNamespace()
  const names = Array.from({ length: 501 }, (_, index) => `object-${index}`)
  await Promise.all(names.map((name) => create(name, 'x')))
  await create('other', 'x', { labels: {} })
  const followed = await follow()
  expect(Object.keys(followed.known()).sort()).toEqual([...names].sort())
  const pages = followed.queries.filter((query) => query.limit !== undefined)
  expect(pages.map((query) => query.continue !== undefined)).toEqual([false, true])

  await Promise.all([
    create('new', 'one'),
    set('object-1', 'two'),
    kube.request('DELETE', `${path}/object-2`),
  ])
  const { 'object-2': _, ...rest } = Object.fromEntries(names.map((name) => [name, 'x']))
  const wanted = { ...rest, new: 'one', 'object-1': 'two' }
  await eventually(followed.known, (known) => known.new === 'one' && known['object-1'] === 'two')
  await eventually(followed.known, (known) => !('object-2' in known))
  expect(followed.known()).toEqual(Object.fromEntries(Object.entries(wanted).sort()))
  expect(followed.lists()).toBe(1)
})

it('moves on by bookmarks while nothing that it follows changes', async () => {
  await newNamespace()
  // the server sends one before it ends the watch
  const followed = await follow((query) => ({ ...query, timeoutSeconds: '6' }))
  await eventually(followed.watches, (watches) => watches === 1)
  await create('other', 'x', { labels: {} })
  await eventually(followed.watches, (watches) => watches === 2)
  const [first, second] = followed.queries.filter((query) => query.watch === '1')
  expect(Number(second?.resourceVersion)).toBeGreaterThan(Number(first?.resourceVersion))
  expect(followed.lists()).toBe(1)
  expect(followed.errors).toEqual([])
})

it('lists again when its position is too old, and drops what is gone by then', async () => {
  path = await freshKind(kube, 'parcels', await newNamespace())
  const head = { apiVersion: 'contract.driftless.dev/v1', kind: 'Parcels' }
  await create('stays', 'one', head)
  await create('goes', 'one', head)
  const asked = Promise.withResolvers<void>()
  const deleted = Promise.withResolvers<void>()
  let watches = 0
  const followed = await follow(async (query) => {
    if (++watches > 1) return query
    asked.resolve()
    await deleted.promise
    // the real server answers 410 to a version from before its memory
    return { ...query, resourceVersion: '1' }
  })
  await asked.promise
  await kube.request('DELETE', `${path}/goes`)
  expect(followed.known()).toEqual({ goes: 'one', stays: 'one' })
  deleted.resolve()
  await knows(followed, { stays: 'one' })
  expect(followed.lists()).toBe(2)
  expect(followed.errors).toEqual([])
  await set('stays', 'two')
  await knows(followed, { stays: 'two' })
  expect(followed.lists()).toBe(2)
})

it('goes on where it was when the server was away', async () => {
  await newNamespace()
  await create('stays', 'one')
  await create('goes', 'one')
  const followed = await follow()
  await eventually(followed.reflector.connected, (connected) => connected)
  followed.proxy.cut()
  await eventually(followed.reflector.connected, (connected) => !connected)
  await Promise.all([
    set('stays', 'two'),
    kube.request('DELETE', `${path}/goes`),
    create('comes', 'one'),
  ])
  expect(followed.known()).toEqual({ goes: 'one', stays: 'one' })
  followed.proxy.restore()
  await knows(followed, { comes: 'one', stays: 'two' })
  expect(followed.errors.length).toBeGreaterThan(0)
  expect(followed.lists()).toBe(1)
})

it('says nothing more once it is stopped', async () => {
  await newNamespace()
  await create('stays', 'one')
  const [stopped, other] = [await follow(), await follow()]
  stopped.reflector.stop()
  await set('stays', 'two')
  await knows(other, { stays: 'two' })
  expect(stopped.known()).toEqual({ stays: 'one' })
  expect(stopped.errors).toEqual([])
})
