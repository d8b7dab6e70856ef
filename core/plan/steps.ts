import type { Comparison, Hook, ResourceDiff, SyncChange, SyncStep } from '../flow.ts'
import { partsOf } from '../manifest/key.ts'
import { kindRank } from './order.ts'
import { type Phase, phaseRank } from './phase.ts'

/** One thing to do, with its turn. */
type Turn = { readonly phase: Phase; readonly wave: number }

// before every wave that anybody can name
const firstWave = -Number.MAX_SAFE_INTEGER

/**
 * The steps of a sync: phase, then wave (SYNC-02). Inside a step prunes come before creates
 * (SYNC-08), then kind, then name; prune waves are mirrored among themselves (SYNC-16), those that
 * are to be last have a wave of their own (OPT-09). The destination's namespace comes before
 * everything (SYNCP-08).
 */
export function stepsOf(
  differences: readonly ResourceDiff[],
  hooks: readonly Hook[],
  { namespaceToCreate }: Pick<Comparison, 'namespaceToCreate'>,
): readonly SyncStep[] {
  const mirrored = mirror(differences.filter(({ action, last }) => action === 'prune' && !last))
  const planned = (['PreSync', 'Sync', 'PostSync'] as const).flatMap((phase) =>
    hooksOf(hooks, phase),
  )
  const placed = differences.map((change) => ({
    change,
    phase: change.phase ?? ('Sync' as const),
    wave: mirrored.get(change) ?? change.wave,
  }))
  const waves = [...planned, ...placed.filter(({ change }) => !change.last)]
    .filter(({ phase }) => phase === 'Sync')
    .map(({ wave }) => wave)
  const lastWave = Math.max(0, ...waves) + 1
  const changes = placed
    .map((turn) => (turn.change.last ? { ...turn, wave: lastWave } : turn))
    .sort((a, b) => byOrder(a.change, b.change))
  const steps = turnsOf([...changes, ...planned]).map(({ phase, wave }): SyncStep => {
    const isNow = (turn: Turn) => turn.phase === phase && turn.wave === wave
    const now = planned.filter(isNow).map(({ hook }) => hook)
    return {
      wave,
      ...(phase !== 'Sync' && { phase }),
      changes: changes.filter(isNow).map(({ change }) => syncChange(change)),
      ...(now.length > 0 && { hooks: now }),
    }
  })
  if (namespaceToCreate === undefined) return steps
  const change: SyncChange = { key: `/Namespace//${namespaceToCreate}`, action: 'namespace' }
  return [{ wave: firstWave, phase: 'PreSync', changes: [change] }, ...steps]
}

function syncChange({ key, action, confirm }: ResourceDiff): SyncChange {
  return { key, action, ...(confirm && { confirm }) }
}

/** The hooks of one phase alone, wave by wave: after a failure (HOOK-11), and around a deletion. */
export function hookStepsOf(hooks: readonly Hook[], of: Phase): readonly SyncStep[] {
  const planned = hooksOf(hooks, of)
  return turnsOf(planned).map(({ phase, wave }) => ({
    wave,
    phase,
    changes: [],
    hooks: planned.filter((turn) => turn.wave === wave).map(({ hook }) => hook),
  }))
}

/** The wave as people are shown it. */
export function showWave(wave: number): string {
  return wave === firstWave ? 'namespace' : `wave ${wave}`
}

function hooksOf(hooks: readonly Hook[], phase: Phase) {
  return hooks
    .filter(({ phases }) => phases.includes(phase))
    .map(({ object, key, wave }) => ({ phase, wave, hook: { object, key, phase } }))
}

function turnsOf(turns: readonly Turn[]): readonly Turn[] {
  const distinct = new Map(
    turns.map(({ phase, wave }) => [`${phase} ${wave}`, { phase, wave }] as const),
  )
  return [...distinct.values()].sort(
    (a, b) => phaseRank(a.phase) - phaseRank(b.phase) || a.wave - b.wave,
  )
}

/** Prune waves {-1, 0, 3} become {3, 0, -1}. */
function mirror(prunes: readonly ResourceDiff[]): ReadonlyMap<ResourceDiff, number> {
  const waves = [...new Set(prunes.map(({ wave }) => wave))].sort((a, b) => a - b)
  const swapped = new Map(
    waves.map((wave, index) => [wave, waves[waves.length - 1 - index] ?? wave]),
  )
  return new Map(prunes.map((prune) => [prune, swapped.get(prune.wave) ?? prune.wave]))
}

function byOrder(a: ResourceDiff, b: ResourceDiff): number {
  const prune = Number(b.action === 'prune') - Number(a.action === 'prune')
  if (prune !== 0) return prune
  const sign = a.action === 'prune' ? -1 : 1
  const [left, right] = [partsOf(a.key), partsOf(b.key)]
  return (
    sign * (kindRank(left.kind) - kindRank(right.kind)) ||
    sign * (left.name < right.name ? -1 : left.name > right.name ? 1 : 0)
  )
}
