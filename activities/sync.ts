import { Context } from '@temporalio/activity'
import pLimit from 'p-limit'
import { NetworkError, PermissionError, PlatformError } from '../core/errors.ts'
import type {
  ApplicationRef,
  OperationRequest,
  RenderedManifests,
  ResourceResult,
  SyncChange,
  SyncResult,
  SyncStep,
} from '../core/flow.ts'
import type { ResourceKey } from '../core/manifest/key.ts'
import { writeGroups } from '../core/plan/write-groups.ts'
import type { ActivityClients } from './clients.ts'
import { watchKinds } from './compare.ts'
import { askedApplication, destinationOf } from './current.ts'
import { respectingOf } from './ignore.ts'
import { objectGuard, type RefuseForbidden } from './permitted.ts'
import { desiredByKey, readDesired } from './rendered.ts'
import { refusalOf, tryChanges } from './try-changes.ts'
import { applyObject, createNamespace, pruneObject, type Writer } from './write-object.ts'

export type SyncInput = {
  readonly application: ApplicationRef
  readonly rendered: RenderedManifests
  readonly step: SyncStep
  /** Whether the step is tried as a dry-run first; for plans of more steps `check` did it before. */
  readonly check?: boolean
  readonly request?: OperationRequest
}

const parallelWrites = 10

/**
 * Applies and prunes one wave in the order of the plan, group by group (SYNC-07). After a refusal nothing further is begun.
 * Runs twice without harm: what is applied already is equal and is not written again.
 */
export function createSync(clients: ActivityClients) {
  return async (input: SyncInput): Promise<SyncResult> => {
    const { application: ref, rendered, step, check, request } = input
    const current = await askedApplication(clients.applications, ref, request)
    const cluster = destinationOf(clients, current)
    const { objects, resources: declared } = await readDesired(clients, rendered.digest, current)
    await watchKinds(cluster, declared)
    if (check === true) {
      const refused = await tryChanges(clients, current, objects, { changes: step.changes })
      if (refused.length > 0) return { resources: refused, refusedBeforehand: true }
    }
    const refuse = objectGuard(clients, current)
    const writer = {
      ...{ cluster, current },
      now: clients.now,
      desired: desiredByKey(declared),
      respect: respectingOf(clients, cluster, current.application),
    }
    // how the objects are after the write is looked at by the next step
    const resources = await clients.healthNews.attend(current.label, () =>
      writeInOrder(writer, refuse, step.changes),
    )
    return { resources }
  }
}

async function writeInOrder(
  writer: Writer,
  refuse: RefuseForbidden,
  changes: readonly SyncChange[],
): Promise<readonly ResourceResult[]> {
  const forbidden = forbiddenOf(refuse, changes)
  // nothing of the wave is written when the project does not permit all of it (PROJ-17)
  if (forbidden.size > 0) return changes.map(({ key }) => forbidden.get(key) ?? notReached(key))
  const resources: ResourceResult[] = []
  for (const group of writeGroups(changes)) {
    const refused = resources.some(({ status }) => status === 'SyncFailed')
    if (refused) resources.push(...group.map(({ key }) => notReached(key)))
    else resources.push(...(await writeGroup(writer, group)))
  }
  return resources
}

function notReached(key: ResourceKey): ResourceResult {
  return { key, status: 'NotReached' }
}

function forbiddenOf(
  refuse: RefuseForbidden,
  changes: readonly SyncChange[],
): ReadonlyMap<ResourceKey, ResourceResult> {
  const found = new Map<ResourceKey, ResourceResult>()
  for (const { key, action } of changes) {
    try {
      if (action !== 'prune') refuse(key)
    } catch (error) {
      if (!(error instanceof PermissionError)) throw error
      found.set(key, refusalOf(key, error))
    }
  }
  return found
}

async function writeGroup(writer: Writer, group: readonly SyncChange[]) {
  const limit = pLimit(parallelWrites)
  return await Promise.all(
    group.map((change) =>
      limit(async () => {
        const result = await writeOne(writer, change)
        Context.current().heartbeat(result.key)
        return result
      }),
    ),
  )
}

async function writeOne(writer: Writer, { key, action }: SyncChange): Promise<ResourceResult> {
  try {
    if (action === 'prune') return await pruneObject(writer, key)
    return action === 'namespace'
      ? await createNamespace(writer, key)
      : await applyObject(writer, key)
  } catch (error) {
    // an API server that is away is waited for; a refusal is a result
    if (error instanceof NetworkError || !(error instanceof PlatformError)) throw error
    return refusalOf(key, error)
  }
}
