import { type Application, isAutomated } from '../application.ts'
import type { Comparison, RenderedManifests, ResourceDiff, SyncPlan, SyncStep } from '../flow.ts'
import { partsOf } from '../manifest/key.ts'
import type { LastAttempt } from '../status/status.ts'
import { kindRank } from './order.ts'

/**
 * The law of this room: a plan says what will be done and in which order; it carries no outcome.
 * Order: wave, then kind, then name (SYNC-02); prunes before creates of their wave (SYNC-08),
 * their waves mirrored among themselves (SYNC-16).
 */
export type PlanInput = {
  readonly application: Application
  readonly specDigest: string
  readonly rendered: RenderedManifests
  readonly comparison: Comparison
  readonly lastAttempt: LastAttempt | undefined
  /** True when the operation repeats one whose cause can pass. */
  readonly retry: boolean
}

/** Decides whether to sync, and in which steps. Pure. */
export function planSync(input: PlanInput): SyncPlan {
  const { automated } = input.application.spec.syncPolicy ?? {}
  const none = (reason: string, message?: string): SyncPlan => ({
    action: 'none',
    reason,
    conditions: message === undefined ? [] : [{ type: 'SyncError', message }],
    steps: [],
  })
  const { differences, equal } = input.comparison
  if (differences.length === 0) return none('nothing differs')
  if (!isAutomated(input.application)) return none('automated sync is off')
  const prune = automated?.prune === true
  const wanted = differences.filter((difference) => prune || difference.action !== 'prune')
  if (wanted.length === 0) return none('only pruning is needed and automated prune is off')
  if (equal === 0 && wanted.every(({ action }) => action === 'prune') && !automated?.allowEmpty) {
    return none(
      'all resources would be pruned',
      'auto-sync will wipe out all resources: the repository declares none any more; set syncPolicy.automated.allowEmpty if that is meant',
    )
  }
  const refusal = refused(input, automated?.selfHeal === true)
  if (refusal !== undefined) return none(refusal.reason, refusal.message)
  return { action: 'sync', reason: 'differences found', conditions: [], steps: stepsOf(wanted) }
}

/** The same inputs are not tried twice by themselves (AUTO-09), unless they heal (AUTO-10) or repeat. */
function refused(
  { lastAttempt: last, rendered, specDigest, retry }: PlanInput,
  selfHeal: boolean,
): { readonly reason: string; readonly message?: string } | undefined {
  if (retry || last === undefined) return undefined
  if (last.inputs !== rendered.inputs || last.specDigest !== specDigest) return undefined
  if (last.phase === 'Succeeded') {
    return selfHeal ? undefined : { reason: 'this revision was synced and selfHeal is off' }
  }
  if (last.phase === 'Running' || last.retryable === true) return undefined
  return {
    reason: 'this revision failed and waits for a new commit or spec',
    message: `Failed last sync attempt to ${last.revision}: ${last.failure ?? last.phase}; push a fix or change the spec`,
  }
}

function stepsOf(differences: readonly ResourceDiff[]): readonly SyncStep[] {
  const mirrored = mirror(differences.filter(({ action }) => action === 'prune'))
  const changes = differences
    .map((change) => ({ change, wave: mirrored.get(change) ?? change.wave }))
    .sort((a, b) => a.wave - b.wave || order(a.change, b.change))
  const waves = [...new Set(changes.map(({ wave }) => wave))]
  return waves.map((wave) => ({
    wave,
    changes: changes
      .filter((entry) => entry.wave === wave)
      .map(({ change: { key, action } }) => ({ key, action })),
  }))
}

/** Prune waves {-1, 0, 3} become {3, 0, -1}. */
function mirror(prunes: readonly ResourceDiff[]): ReadonlyMap<ResourceDiff, number> {
  const waves = [...new Set(prunes.map(({ wave }) => wave))].sort((a, b) => a - b)
  const swapped = new Map(
    waves.map((wave, index) => [wave, waves[waves.length - 1 - index] ?? wave]),
  )
  return new Map(prunes.map((prune) => [prune, swapped.get(prune.wave) ?? prune.wave]))
}

function order(a: ResourceDiff, b: ResourceDiff): number {
  const prune = Number(b.action === 'prune') - Number(a.action === 'prune')
  if (prune !== 0) return prune
  const sign = a.action === 'prune' ? -1 : 1
  const [left, right] = [partsOf(a.key), partsOf(b.key)]
  return (
    sign * (kindRank(left.kind) - kindRank(right.kind)) ||
    sign * (left.name < right.name ? -1 : left.name > right.name ? 1 : 0)
  )
}
