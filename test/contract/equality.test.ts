import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { compareCached, compareProven, watchKinds } from '../../activities/compare.ts'
import type { Desired } from '../../activities/rendered.ts'
import { type Cluster, createCluster } from '../../clients/kube/cluster.ts'
import { connect } from '../../clients/kube/connection.ts'
import { createTransport, type KubeTransport } from '../../clients/kube/transport.ts'
import { isSameObject } from '../../core/diff/same-object.ts'
import { applicationLabel, digestOf } from '../../core/digest.ts'
import { AdmissionDenied, UnknownKindError } from '../../core/errors.ts'
import { keyOf } from '../../core/manifest/key.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { targetManifests } from '../../core/manifest/target.ts'
import { parseManifests } from '../../core/manifest/yaml.ts'
import { orderManifests } from '../../core/plan/order.ts'
import { kindFiles } from '../fixtures/kinds.ts'
import { eventually } from '../harness/eventually.ts'
import { createKubeClient, createNamespace, type KubeClient } from '../harness/kube.ts'
import { objectPath } from '../harness/object-path.ts'
import { changedAt, leavesOf, mergePatchAt, valueAt } from './mutation.ts'

const namespace = 'contract-equality'
const label = applicationLabel('argocd', namespace)
let kube: KubeClient
let transport: KubeTransport
let cluster: Cluster
/** Declared objects by their place in the list; what is declared changes too. */
let objects: Desired[] = []

beforeAll(async () => {
  const { kubeconfig } = inject('endpoints')
  kube = createKubeClient(kubeconfig)
  await createNamespace(kube, namespace)
  transport = createTransport(await connect(kubeconfig))
  cluster = createCluster(transport, () => undefined)
  await cluster.discovery.resource('v1', 'Namespace')
  const parsed = Object.entries(kindFiles).flatMap(([file, text]) => parseManifests(text, file))
  const { manifests } = targetManifests(parsed, {
    namespace,
    scopeOf: cluster.discovery.scopeOf,
    tracking: { instance: namespace, label },
    leavesAlone: () => false,
  })
  for (const { manifest } of orderManifests(manifests)) {
    const one = desired(manifest)
    await eventually(
      () => applied(one),
      (isApplied) => isApplied,
    )
    objects.push(one)
  }
  objects = objects.filter(({ manifest }) => manifest.kind !== 'CustomResourceDefinition')
  await watchKinds(cluster, objects)
})

afterAll(async () => {
  for (const { manifest } of objects) await kube.try('DELETE', await pathOf(manifest))
  cluster.close()
  await transport.close()
  await kube.close()
})

function desired(manifest: Manifest): Desired {
  const key = keyOf(manifest)
  const one = { key, manifest, digest: digestOf(manifest), phase: 'Sync', wave: 0 } as const
  // some are applied on the client's side (OPT-12)
  return key.length % 3 === 0 ? { ...one, clientSide: true } : one
}

/** False while its kind is not served yet. */
async function applied(one: Desired): Promise<boolean> {
  try {
    await apply(one)
    return true
  } catch (error) {
    if (error instanceof UnknownKindError) return false
    throw error
  }
}

function apply({ manifest, digest, clientSide = false }: Desired): Promise<Manifest> {
  return cluster.apply(manifest, { proof: { digest }, clientSide })
}

async function pathOf(manifest: Manifest): Promise<string> {
  const { apiVersion, kind, metadata } = manifest
  const named = { apiVersion, kind, metadata: { name: metadata.name ?? '' } }
  return (await objectPath(kube, named, namespace)).path
}

const steps = ['edit', 'set back', 'remove', 'add', 'co-own', 'declare', 'apply'] as const
type Step = {
  readonly what: (typeof steps)[number]
  readonly object: number
  readonly leaf: number
  readonly manager: string
}
const anyStep: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...steps),
  object: fc.nat(),
  leaf: fc.nat(),
  manager: fc.constantFrom('alice', 'bob'),
})

/** Somebody writes; what the API server does not take changes nothing. */
async function take(step: Step): Promise<Desired> {
  const index = step.object % objects.length
  const one = objects[index] as Desired
  const { manifest } = one
  const path = await pathOf(manifest)
  const live = await cluster.read(manifest.apiVersion, one.key)
  if (live === undefined) throw new Error(`${one.key} is gone`)
  const leaves = leavesOf(manifest)
  const leaf = leaves[step.leaf % leaves.length] ?? []
  const patch = (change: object) =>
    kube.try(
      'PATCH',
      `${path}?fieldManager=${step.manager}`,
      change,
      'application/merge-patch+json',
    )
  switch (step.what) {
    case 'edit':
      await patch(mergePatchAt(live, leaf, changedAt(live, leaf)))
      break
    case 'set back':
      await patch(mergePatchAt(live, leaf, valueAt(manifest, leaf)))
      break
    case 'remove':
      await patch(mergePatchAt(live, leaf, null))
      break
    case 'add':
      await patch({ metadata: { annotations: { [`${step.manager}.dev/added`]: `${step.leaf}` } } })
      break
    case 'co-own': {
      const { apiVersion, kind, metadata } = manifest
      const { name, labels } = metadata
      const part = { apiVersion, kind, metadata: { name, labels } }
      const query = `fieldManager=${step.manager}&force=true`
      await kube.try('PATCH', `${path}?${query}`, part, 'application/apply-patch+yaml')
      break
    }
    case 'declare': {
      const { metadata } = manifest
      const { declared: _before, ...labels } = metadata.labels ?? {}
      const more = step.leaf % 3 === 0 ? {} : { declared: `v${step.leaf % 3}` }
      const changed = { ...manifest, metadata: { ...metadata, labels: { ...labels, ...more } } }
      objects[index] = desired(changed)
      break
    }
    case 'apply':
      await apply(one).catch((error: unknown) => {
        if (!(error instanceof AdmissionDenied)) throw error
      })
  }
  return objects[index] ?? one
}

/** What the server says: whether an apply would change nothing of the state that our watch shows. */
async function serverSaysEqual({ key, manifest, clientSide = false }: Desired): Promise<boolean> {
  const { verdict } = await eventually(
    async () => {
      const before = await cluster.read(manifest.apiVersion, key)
      const would = await cluster.dryRun(manifest, { clientSide }).catch((error: unknown) => {
        if (error instanceof AdmissionDenied) return undefined
        throw error
      })
      const after = await cluster.read(manifest.apiVersion, key)
      const seen = cluster.live.get(key)?.metadata.resourceVersion
      const versions = [before, after].map((object) => object?.metadata.resourceVersion)
      // a controller that writes meanwhile makes the answer one about another state
      const isOneState = versions.every((version) => version === seen)
      const isEqual = would !== undefined && after !== undefined && isSameObject(would, after)
      return { isOneState, verdict: isEqual }
    },
    ({ isOneState }) => isOneState,
  )
  return verdict
}

describe('our "equal" and the dry-run of the API server (DIFF-02, DIFF-03)', () => {
  it('never disagree, whatever several managers write, take out and own, and however we apply (SYNC-11)', async () => {
    const seen = { equal: 0, different: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 30, maxLength: 30 }), async (all) => {
        for (const step of all) {
          const one = await take(step)
          const equal = await serverSaysEqual(one)
          const what = `${step.what} by ${step.manager}: ${one.key}`
          // without asking: equal is only claimed when it is so
          const guess = compareCached(cluster, one).verdict
          if (guess === 'equal') expect([what, equal]).toEqual([what, true])
          const { verdict } = await compareProven(cluster, one)
          expect([what, verdict === 'equal']).toEqual([what, equal])
          seen[equal ? 'equal' : 'different']++
        }
      }),
      // the world is not put back between runs: a smaller example would be another one
      { numRuns: 10, endOnFailure: true },
    )
    expect(seen.equal).toBeGreaterThan(0)
    expect(seen.different).toBeGreaterThan(0)
  })
})
