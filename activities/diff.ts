import pLimit from 'p-limit'
import { SupersededError, UnknownKindError } from '../core/errors.ts'
import type { ApplicationRef, Comparison, RenderedManifests, ResourceDiff } from '../core/flow.ts'
import { groupOf, keyOf, showKey } from '../core/manifest/key.ts'
import { instanceName, isTracked } from '../core/manifest/tracking.ts'
import { waveOf } from '../core/plan/order.ts'
import { inventoryKinds } from '../core/status/inventory.ts'
import type { ActivityClients } from './clients.ts'
import { compareCached, compareProven, leftovers, type Row, watchKinds } from './compare.ts'
import { currentApplication, destinationOf } from './current.ts'
import { type Desired, readRendered } from './rendered.ts'

export type DiffInput = {
  readonly application: ApplicationRef
  readonly rendered: RenderedManifests
  /** Ask the server where only it can tell; not needed where the apply itself follows and tells. */
  readonly prove: boolean
}

const parallelDryRuns = 8

/** Compares the rendered manifests with the cluster; says what differs, never the values. */
export function createDiff(clients: ActivityClients) {
  return async ({ application: ref, rendered, prove }: DiffInput): Promise<Comparison> => {
    const current = await currentApplication(clients.applications, ref)
    if (current === undefined) throw new SupersededError(`the Application ${ref.name} is gone`)
    const cluster = destinationOf(clients, current)
    const declared = await readRendered(clients.artifacts, rendered.digest)
    await cluster.watch(inventoryKinds(current.object))
    refuseUnknownKinds(declared, await watchKinds(cluster, declared))
    const limit = pLimit(parallelDryRuns)
    const rows = await Promise.all(
      declared.map((desired) =>
        prove || !isTracked(desired.manifest)
          ? limit(() => compareProven(cluster, desired))
          : compareCached(cluster, desired),
      ),
    )
    const instance = instanceName(ref.namespace, ref.name, clients.applications.namespace)
    const prunes = leftovers(cluster, current, instance, declared).map(
      (live): ResourceDiff => ({ key: keyOf(live), action: 'prune', wave: waveOf(live) }),
    )
    const changes = rows.filter(({ verdict }) => verdict !== 'equal')
    return {
      equal: rows.length - changes.length,
      differences: [...changes.map(difference), ...prunes],
    }
  }
}

function difference({ desired: { key, wave }, verdict, fields }: Row): ResourceDiff {
  return verdict === 'missing'
    ? { key, wave, action: 'create' }
    : { key, wave, action: 'update', fields }
}

/** A kind that the same revision brings by a CustomResourceDefinition will exist in time. */
function refuseUnknownKinds(declared: readonly Desired[], unknown: ReadonlySet<string>): void {
  if (unknown.size === 0) return
  const brought = new Set(
    declared.flatMap(({ manifest }) => {
      const spec = manifest.spec as { group?: string; names?: { kind?: string } } | undefined
      return manifest.kind === 'CustomResourceDefinition'
        ? [`${spec?.group}/${spec?.names?.kind}`]
        : []
    }),
  )
  const missing = declared.filter(({ manifest: { apiVersion, kind } }) => {
    const name = `${groupOf(apiVersion)}/${kind}`
    return unknown.has(name) && !brought.has(name)
  })
  if (missing.length === 0) return
  const names = missing
    .map(({ key, manifest }) => `${showKey(key)} (${manifest.apiVersion})`)
    .join(', ')
  throw new UnknownKindError(
    `the cluster has no such kind: ${names}; install the CustomResourceDefinition or correct apiVersion and kind`,
  )
}
