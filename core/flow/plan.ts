import type { ResourceKey } from '../manifest/key.ts'
import type { Phase } from '../plan/phase.ts'
import type { ConditionText, RenderedManifests } from './rendered.ts'

/** How one resource differs from the cluster; `fields` are paths, never values. */
export type ResourceDiff = {
  readonly key: ResourceKey
  readonly action: 'create' | 'update' | 'prune'
  readonly wave: number
  /** Absent for the phase Sync. */
  readonly phase?: Phase
  readonly fields?: readonly string[]
  /** A leftover that leaves its application Synced (AUTO-18). */
  readonly extraneous?: true
  /** A prune that comes after everything else (OPT-09). */
  readonly last?: true
  /** A prune that a person has to confirm (OPT-02). */
  readonly confirm?: true
}

/** Differences only: what is not listed is equal. */
export type Comparison = {
  readonly equal: number
  readonly differences: readonly ResourceDiff[]
  readonly hooks?: readonly Hook[]
  /** The destination's namespace, when it is to be created and does not exist (SYNCP-08). */
  readonly namespaceToCreate?: string
}

/** A hook as it is declared (HOOK-01); it has no sync status. */
export type Hook = {
  /** Its place in the list of rendered objects. */
  readonly object: number
  readonly key: ResourceKey
  readonly phases: readonly Phase[]
  readonly wave: number
}

/** What will be done, in order. A step starts when the one before it is healthy. */
export type SyncPlan = {
  readonly action: 'sync' | 'none'
  readonly reason: string
  readonly conditions: readonly ConditionText[]
  readonly steps: readonly SyncStep[]
  /** Steps of the phase SyncFail, for when the others fail (HOOK-11). */
  readonly failSteps?: readonly SyncStep[]
  /** Objects that would have to be pruned, but pruning was not asked for. */
  readonly unpruned?: readonly ResourceKey[]
  /** Whether it only mends what was deployed (AUTO-10). */
  readonly heal?: true
  /** Whether every change is tried as a dry-run before the first is made (design §7). */
  readonly check?: boolean
}

export type SyncStep = {
  readonly wave: number
  /** Absent for the phase Sync. */
  readonly phase?: Phase
  readonly changes: readonly SyncChange[]
  readonly hooks?: readonly PlannedHook[]
}

export type SyncChange = {
  readonly key: ResourceKey
  /** `namespace` creates the destination's namespace, which is nobody's resource. */
  readonly action: 'create' | 'update' | 'prune' | 'namespace'
  /** Whether the wave waits until a person confirms it (OPT-02). */
  readonly confirm?: true
}

/** What a deletion does around that of the resources (HOOK-14, HOOK-15). */
export type DeletionPlan = {
  /** What declares the hooks. */
  readonly rendered: RenderedManifests
  readonly before: readonly SyncStep[]
  readonly after: readonly SyncStep[]
  /** Set while a person has to confirm the deletion of these first (OPT-04). */
  readonly unconfirmed?: readonly ResourceKey[]
}

export type PlannedHook = {
  readonly object: number
  readonly key: ResourceKey
  readonly phase: Phase
}
