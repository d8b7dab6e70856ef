import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { compareCached, compareProven, watchKinds } from '../../activities/compare.ts'
import type { Desired } from '../../activities/rendered.ts'
import { refusalOf } from '../../activities/try-changes.ts'
import { applyObject } from '../../activities/write-object.ts'
import type { StoredApplication } from '../../clients/applications.ts'
import { type Cluster, createCluster } from '../../clients/kube/cluster.ts'
import { digestOf } from '../../core/digest.ts'
import type { PlatformError } from '../../core/errors.ts'
import { keyOf } from '../../core/manifest/key.ts'
import { lastAppliedKey } from '../../core/manifest/last-applied.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { applicationOf } from '../fixtures/application.ts'
import { eventually } from '../harness/eventually.ts'
import { freshKind } from '../harness/fresh-kind.ts'
import { type ProxiedNamespace, proxiedNamespace } from '../harness/proxied-namespace.ts'

const namespace = 'contract-client-side'
let place: ProxiedNamespace
let cluster: Cluster

beforeAll(async () => {
  place = await proxiedNamespace(inject('endpoints').kubeconfig, namespace)
  cluster = createCluster(place.transport, () => undefined)
})
afterAll(async () => {
  cluster.close()
  await place.close()
})

type Env = readonly { readonly name: string; readonly value: string }[]
type Pod = { readonly containers: readonly { readonly name: string; readonly env?: Env }[] }
type Deployment = Manifest & {
  readonly spec: { readonly replicas: number; readonly template: { readonly spec: Pod } }
}

const labels = { 'driftless.dev/application': namespace }
const tracking = { 'argocd.argoproj.io/tracking-id': 'x' }
const env = (...values: readonly string[]): Env => values.map((value) => ({ name: 'A', value }))
const deployment = (name: string, container: object, more: object = {}, own: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, labels, annotations: { ...tracking, ...own } },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image: 'web:1', ...container }] },
    },
    ...more,
  },
})
const twice = env('one', 'two')

/** The object as the comparison and the sync of an application with this way see it. */
function desired(manifest: Manifest, clientSide: boolean): Desired {
  const digest = `${digestOf(manifest)} ${clientSide}`
  return { key: keyOf(manifest), manifest, digest, phase: 'Sync', wave: 0, clientSide }
}
const verdict = async (manifest: Manifest, clientSide = true) =>
  (await compareProven(cluster, desired(manifest, clientSide))).verdict

/** Syncs the object; gives the result and the object as it is then. */
async function sync(manifest: Manifest, clientSide = true) {
  const one = desired(manifest, clientSide)
  await watchKinds(cluster, [one])
  const syncOptions = [`ServerSideApply=${!clientSide}`]
  const application = applicationOf({ spec: { syncPolicy: { syncOptions } } })
  const writer = {
    ...{ cluster, now: Date.now, desired: new Map([[one.key, one]]) },
    current: { application, label: namespace } as StoredApplication,
    respect: async () => ({ manifest }),
  }
  const { status } = await applyObject(writer, one.key)
  const live = (await cluster.read(manifest.apiVersion, one.key)) as Deployment
  return { status, live }
}
const containersOf = ({ spec }: Deployment) => spec.template.spec.containers
const pathOf = (name: string) => `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`

describe('an object that server-side apply refuses (OPT-12)', () => {
  it('is refused with the way out, and accepted with ServerSideApply=false', async () => {
    const manifest = deployment('twice', { env: twice })
    const refusal = await sync(manifest, false).catch((error: PlatformError) => error)
    expect(refusalOf(keyOf(manifest), refusal as PlatformError).message).toMatch(
      /duplicate entries for key.*sync-options: ServerSideApply=false/,
    )
    const { status, live } = await sync(manifest)
    expect(status).toBe('Synced')
    expect(containersOf(live)[0]?.env).toEqual(twice)
    expect(await verdict(manifest)).toBe('equal')
  })

  it('is not written again while it is as declared, also when nothing of it is known any more', async () => {
    // nobody but us writes an object of this kind
    const { metadata, spec } = deployment('template', { env: twice })
    const manifest = { apiVersion: 'v1', kind: 'PodTemplate', metadata, template: spec.template }
    const { resourceVersion } = (await sync(manifest)).live.metadata
    cluster.settled.delete(keyOf(manifest))
    expect(await sync(manifest)).toMatchObject({
      status: 'Unchanged',
      live: { metadata: { resourceVersion } },
    })
    expect(await verdict(manifest)).toBe('equal')
  })

  it('loses what is declared no more, and keeps what others set', async () => {
    const { kube } = place
    await kube.patch(pathOf('twice'), {
      metadata: { annotations: { theirs: 'x' } },
      spec: { replicas: 3 },
    })
    await sync(deployment('twice', { env: twice }, {}, { ours: 'x' }))
    const side = { spec: { template: { spec: { containers: [{ name: 'side', image: 's:1' }] } } } }
    const type = 'application/strategic-merge-patch+json'
    await kube.request('PATCH', pathOf('twice'), side, type)
    const manifest = deployment('twice', { env: env('one', 'three') })
    expect(await verdict(manifest)).toBe('different')
    const { live } = await sync(manifest)
    const containers = new Map(containersOf(live).map((container) => [container.name, container]))
    expect([...containers.keys()].sort()).toEqual(['c', 'side'])
    expect(containers.get('c')?.env).toEqual(env('one', 'three'))
    expect(live.spec.replicas).toBe(3)
    expect(live.metadata.annotations).toMatchObject({ theirs: 'x' })
    expect(live.metadata.annotations).not.toHaveProperty('ours')
    const { live: bare } = await sync(deployment('twice', {}))
    expect(containersOf(bare).flatMap((container) => container.env ?? [])).toEqual([])
  })

  it('is looked at again when a declared field, or the copy of what was applied, is somebody else’s', async () => {
    const manifest = deployment('twice', {})
    const one = desired(manifest, true)
    await sync(manifest)
    const isKnown = () => compareCached(cluster, one).verdict === 'equal'
    const becomes = (expected: boolean) => eventually(isKnown, (known) => known === expected)
    await place.kube.patch(pathOf('twice'), { spec: { replicas: 2 } })
    await becomes(true)
    const copy = { metadata: { annotations: { [lastAppliedKey]: '{"spec":{"replicas":2}}' } } }
    await place.kube.patch(pathOf('twice'), copy)
    await becomes(false)
    expect(await verdict(manifest)).toBe('different')
    expect((await sync(manifest)).live.spec.replicas).toBe(1)
  })

  it('changes between fields that exclude one another', async () => {
    const recreate = { strategy: { type: 'Recreate' } }
    const { live } = await sync(deployment('twice', {}, recreate))
    expect(live).toMatchObject({ spec: recreate })
    expect(await verdict(deployment('twice', {}, recreate))).toBe('equal')
  })
})

describe('an object with a field that its kind does not know (OPT-05)', () => {
  const unknown = deployment('unknown', {}, { unknown: 1 })

  it('is refused', async () => {
    const refusal = cluster.apply(unknown, { validation: 'Strict', clientSide: true })
    await expect(refusal).rejects.toThrow('unknown field "spec.unknown"')
  })

  it('is created and changed without the field where nothing is validated', async () => {
    for (const image of ['web:1', 'web:2']) {
      const changed = deployment('unknown', { image }, { unknown: 1 })
      const live = await cluster.apply(changed, { validation: 'Ignore', clientSide: true })
      expect(live.spec).not.toHaveProperty('unknown')
      expect(containersOf(live as Deployment)).toMatchObject([{ image }])
    }
  })
})

describe('an object whose way is changed', () => {
  it('forgets nothing of what was declared, loses nothing of others, and starts no pods', async () => {
    const all = deployment(
      'changing',
      { env: env('one') },
      { replicas: 2 },
      { ours: 'x', old: 'x' },
    )
    const first = await sync(all, false)
    await place.kube.patch(pathOf('changing'), { metadata: { annotations: { theirs: 'x' } } })
    const less = deployment('changing', { env: env('one') }, { replicas: 2 }, { ours: 'x' })
    const second = await sync(less)
    expect(second.live.metadata.annotations).toMatchObject({ ours: 'x', theirs: 'x' })
    expect(second.live.metadata.annotations).not.toHaveProperty('old')
    expect(await verdict(less, false)).toBe('different')
    const third = await sync(less, false)
    expect(await verdict(less, false)).toBe('equal')
    expect(third.live.metadata.annotations).toEqual({
      ...{ ...tracking, ours: 'x', theirs: 'x' },
      'deployment.kubernetes.io/revision': expect.anything(),
    })
    const none = await sync(deployment('changing', { env: env('one') }, { replicas: 2 }), false)
    expect(none.live.metadata.annotations).not.toHaveProperty('ours')
    expect(none.live.spec).toEqual(first.live.spec)
    const ours = none.live.metadata.managedFields?.filter(({ manager }) => manager === 'driftless')
    expect(ours?.map(({ operation }) => operation)).toEqual(['Apply'])
  })
})

describe('an object of a custom kind', () => {
  it('is changed by a JSON merge patch, and keeps the finalizers of others', async () => {
    const path = await freshKind(place.kube, 'merges', namespace)
    const merge = (spec: object, finalizers: readonly string[]): Manifest => ({
      apiVersion: 'contract.driftless.dev/v1',
      kind: 'Merges',
      metadata: { name: 'one', namespace, labels, annotations: tracking, finalizers },
      spec,
    })
    await eventually(
      () => sync(merge({ a: 1, b: { c: 1, d: 1 } }, ['a.dev/ours'])).catch(() => undefined),
      (done) => done?.status === 'Synced',
    )
    await place.kube.patch(`${path}/one`, {
      metadata: { finalizers: ['a.dev/ours', 'b.dev/theirs'] },
      spec: { theirs: 1 },
    })
    const less = merge({ b: { c: 2 } }, [])
    const { live } = await sync(less)
    expect(live.spec).toEqual({ b: { c: 2 }, theirs: 1 })
    expect(live.metadata.finalizers).toEqual(['b.dev/theirs'])
    expect(await verdict(less)).toBe('equal')
    await place.kube.patch(`${path}/one`, { metadata: { finalizers: null } })
  })
})
