import { type Application, isAutomated } from '../application.ts'
import type {
  Comparison,
  Hook,
  OperationRequest,
  RenderedManifests,
  ResourceDiff,
  SyncPlan,
} from '../flow.ts'
import { partsOf } from '../manifest/key.ts'
import { shortRevision } from '../short-revision.ts'
import type { Hold, LastAttempt } from '../status/status.ts'
import { isToBeChecked } from './is-to-be-checked.ts'
import { isHeal, refusalOfRepetition } from './repetition.ts'
import { hookStepsOf, stepsOf } from './steps.ts'

/** The law of this room: a plan says what will be done and in which order; it carries no outcome. */
export type PlanInput = {
  readonly application: Application
  readonly specDigest: string
  readonly rendered: RenderedManifests
  readonly comparison: Comparison
  readonly lastAttempt: LastAttempt | undefined
  /** True when the operation repeats one whose cause can pass. */
  readonly retry: boolean
  readonly request?: OperationRequest | undefined
  /** Set while a rollback keeps automated sync off. */
  readonly hold?: Hold | undefined
  /** Whether this is only the mending of what drifted. */
  readonly heal?: boolean
  /** Whether it goes on with an operation that gave way in its middle. */
  readonly continued?: boolean
  /** Why nothing may be synced now: a sync window. */
  readonly blocked?: string
  /** `group/kind` of what the API server took in the last sync. */
  readonly acceptedKinds?: ReadonlySet<string>
}

/** Decides whether to sync, and in which steps. Pure. */
export function planSync(input: PlanInput): SyncPlan {
  return input.request === undefined ? planAutomated(input) : planRequested(input, input.request)
}

function planAutomated(input: PlanInput): SyncPlan {
  const { automated } = input.application.spec.syncPolicy ?? {}
  const { differences, equal } = input.comparison
  const isIdle = differences.every(({ extraneous }) => extraneous)
  if (isIdle && input.continued !== true) return none(nothingDiffers(differences))
  if (!isAutomated(input.application)) return none('automated sync is off')
  if (input.blocked !== undefined) return none(input.blocked)
  const held = onHold(input)
  if (held !== undefined) return none(held)
  const prune = automated?.prune === true
  const wanted = differences.filter((difference) => prune || difference.action !== 'prune')
  if (wanted.length === 0 && input.continued !== true) {
    return none('only pruning is needed and automated prune is off')
  }
  const wipes = wanted.length > 0 && wanted.every(({ action }) => action === 'prune')
  if (equal === 0 && wipes && !automated?.allowEmpty) {
    return none(
      'all resources would be pruned',
      'auto-sync will wipe out all resources: the repository declares none any more; set syncPolicy.automated.allowEmpty if that is meant',
    )
  }
  const refusal = refusalOfRepetition(input, automated?.selfHeal === true)
  if (refusal !== undefined) return none(refusal.reason, refusal.message)
  if (!isHeal(input)) return sync(input, wanted, input.comparison.hooks ?? [])
  // it mends objects and deploys nothing, so no hook runs (AUTO-10)
  return { ...sync(input, wanted, []), heal: true }
}

/** AUTO-18: leftovers that do not count start nothing by themselves. */
function nothingDiffers({ length }: readonly ResourceDiff[]): string {
  return `nothing differs${length === 0 ? '' : ' but leftovers with IgnoreExtraneous'}`
}

/** What a person asks for is done, whatever was tried before; only what was chosen (SYNC-17). */
function planRequested(input: PlanInput, request: OperationRequest): SyncPlan {
  const { differences, hooks = [] } = input.comparison
  const chosen = differences.filter((difference) => isSelected(difference, request))
  const wanted = chosen.filter(({ action }) => request.prune || action !== 'prune')
  const unpruned = chosen.filter((difference) => !wanted.includes(difference))
  return {
    ...sync(input, wanted, request.hooks ? hooks : []),
    reason: 'asked for',
    unpruned: unpruned.map(({ key }) => key),
  }
}

function sync(
  { application, comparison, acceptedKinds }: PlanInput,
  wanted: readonly ResourceDiff[],
  hooks: readonly Hook[],
): SyncPlan {
  const steps = stepsOf(wanted, hooks, comparison)
  return {
    action: 'sync',
    reason: 'differences found',
    conditions: [],
    steps,
    failSteps: hookStepsOf(hooks, 'SyncFail'),
    check: isToBeChecked(application, steps, acceptedKinds ?? new Set()),
  }
}

function isSelected({ key }: ResourceDiff, { resources }: OperationRequest): boolean {
  if (resources === undefined) return true
  const { group, kind, namespace, name } = partsOf(key)
  return resources.some(
    (wanted) =>
      wanted.group === group &&
      wanted.kind === kind &&
      wanted.name === name &&
      (wanted.namespace === undefined || wanted.namespace === namespace),
  )
}

function none(reason: string, message?: string): SyncPlan {
  return {
    action: 'none',
    reason,
    conditions: message === undefined ? [] : [{ type: 'SyncError', message }],
    steps: [],
  }
}

/** A rollback holds until Git shows something else than what it went back from (design §8). */
function onHold({ hold, rendered }: PlanInput): string | undefined {
  if (hold === undefined || hold.inputs !== rendered.inputs) return undefined
  return `automated sync is on hold since the rollback to ${shortRevision(hold.revision)}; push a newer revision or sync by hand to release it`
}
