import type { Cluster } from '../clients/kube/cluster.ts'
import type { ApplicationRef } from '../core/flow.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import {
  hookFinalizer,
  isDeletedAfter,
  isOfOperation,
  type OperationOutcome,
} from '../core/plan/hook.ts'
import type { ActivityClients } from './clients.ts'
import { currentApplication } from './current.ts'

export type SettleHooksInput = {
  readonly application: ApplicationRef
  /** Epoch ms of the start of the operation whose hooks are meant. */
  readonly startedAt: number
  readonly outcome: OperationOutcome
}

/**
 * After the end of an operation: its hooks are let go, and deleted where their policy says so
 * (HOOK-07, HOOK-08). A hook that still runs is deleted when the operation was terminated (SYNC-25).
 */
export function createSettleHooks(clients: ActivityClients) {
  return async ({ application: ref, startedAt, outcome }: SettleHooksInput): Promise<void> => {
    const current = await currentApplication(clients.applications, ref)
    if (current === undefined) return
    const cluster = clients.clusterOf(current.application)
    // nobody can reach them any more
    if (cluster === undefined) return
    const hooks = cluster.live
      .ofApplication(current.label)
      .filter((live) => isOfOperation(live, startedAt))
    await clients.health.ready(hooks)
    await Promise.all(hooks.map((hook) => settle(clients, cluster, hook, outcome)))
  }
}

async function settle(
  { health }: ActivityClients,
  cluster: Cluster,
  hook: Manifest,
  outcome: OperationOutcome,
): Promise<void> {
  await cluster.release(hook, hookFinalizer)
  if (isDeletedAfter(hook, outcome, health.assess(hook))) await cluster.remove(hook, 'Background')
}
