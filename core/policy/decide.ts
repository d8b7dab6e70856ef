import { type Application, isAutomated, isSelfHealing } from '../application.ts'
import { digestOf } from '../digest.ts'
import type { Decision, OperationRequest, SupersedePolicy, Wake, WakeReason } from '../flow.ts'
import { isTerminating } from '../status/status.ts'
import { durationMs } from '../time.ts'
import type { TimedWindow } from '../window/permit.ts'
import { throughWindows } from './blocked.ts'
import { deletionOf } from './finalizers.ts'
import { refreshOf, requestOf, retryOf } from './request.ts'
import { rollbackPolicyOf } from './rollback-policy.ts'

const defaultHealthTimeoutMs = 10 * 60_000

export type DecideInput = {
  /** Undefined when there is no such Application any more, or another one has its name. */
  readonly application: Application | undefined
  /** Reasons why the spec cannot be worked with (schema, project, destination). */
  readonly problems: readonly string[]
  readonly wakes: readonly Wake[]
  /** The sync windows that speak of the application. */
  readonly windows?: readonly TimedWindow[]
  /** Epoch ms, for the windows. */
  readonly now?: number
}

/** Which reason names the operation when several came together: the one a person would ask for first. */
const order: readonly WakeReason[] = [
  'delete',
  'terminate',
  'operation',
  'spec',
  'push',
  'refresh',
  'poll',
  'drift',
  'start',
  'health',
  'confirm',
]

/** Decides what the wakes mean for the application (AUTO-08, AUTO-14, APP-12, SYNCP-01). Pure. */
export function decide(input: DecideInput): Decision {
  const { windows = [], now = 0 } = input
  return throughWindows(decideAnyTime(input), windows, now)
}

function decideAnyTime({ application, problems, wakes }: DecideInput): Decision {
  const trigger = order.find((reason) => wakes.some((wake) => wake.reason === reason)) ?? 'start'
  if (application === undefined) return gone(trigger)
  const request = requestOf(application)
  const retry = retryOf(application)
  const refresh = refreshOf(application)
  const decision = (action: Decision['action'], reason: string): Decision => ({
    action,
    reason,
    specDigest: digestOf(application.spec),
    trigger: request === undefined ? trigger : 'operation',
    problems,
    ...timeoutsOf(application),
    supersede: supersedePolicy(application),
    ...(request !== undefined && { request }),
    ...(revertsGit(application, request) && { revert: true as const }),
    ...(retry !== undefined && { retry }),
    ...(refresh !== undefined && { refresh }),
  })
  const { deletionTimestamp, finalizers = [], annotations = {} } = application.metadata
  if (deletionTimestamp !== undefined) return decideDeletion(finalizers, decision)
  if (annotations['argocd.argoproj.io/skip-reconcile'] === 'true') {
    return decision('ignore', 'the annotation argocd.argoproj.io/skip-reconcile is set')
  }
  if (isTerminating(application)) return decision('terminate', 'somebody terminated the operation')
  if (problems.length > 0) return decision('invalid', problems.join('; '))
  if (request !== undefined) {
    return decision('sync', request.because ?? `${request.initiator} asked for it`)
  }
  if (trigger === 'confirm') return decision('ignore', 'nothing waits for a confirmation')
  if (trigger === 'health') return decision('report', 'the health of a resource changed')
  if (!isAutomated(application)) return decision('compare', 'automated sync is off')
  if (trigger === 'drift' && !isSelfHealing(application)) {
    return decision('compare', 'selfHeal is off')
  }
  return decision('sync', `automated sync after ${trigger}`)
}

/** A rollback by hand leaves Git to whoever asked for it. */
function revertsGit(application: Application, request: OperationRequest | undefined): boolean {
  if (request?.because === undefined || request.rollbackTo === undefined) return false
  return rollbackPolicyOf(application).revert
}

function decideDeletion(
  finalizers: readonly string[],
  decision: (action: Decision['action'], reason: string) => Decision,
): Decision {
  const deletion = deletionOf(finalizers)
  if (deletion === undefined) {
    return decision('ignore', 'the Application is being deleted, its resources stay')
  }
  const what = deletion.resources ? 'with its resources' : 'with its hooks'
  return { ...decision('delete', `the Application is being deleted ${what}`), deletion }
}

function gone(trigger: string): Decision {
  const reason = 'the Application is gone'
  return { action: 'ignore', reason, specDigest: '', trigger, problems: [], healthTimeoutMs: 0 }
}

/** `driftless.dev/health-timeout: 90s` and the like; anything that is no duration is as if it were not there. */
function timeoutsOf({ metadata: { annotations = {} } }: Application) {
  const waveTimeoutMs = durationMs(annotations['driftless.dev/wave-timeout'])
  const operationTimeoutMs = durationMs(annotations['driftless.dev/operation-timeout'])
  return {
    healthTimeoutMs:
      durationMs(annotations['driftless.dev/health-timeout']) ?? defaultHealthTimeoutMs,
    ...(waveTimeoutMs !== undefined && { waveTimeoutMs }),
    ...(operationTimeoutMs !== undefined && { operationTimeoutMs }),
  }
}

const policies: readonly SupersedePolicy[] = ['replace', 'finish', 'queue']

/** `driftless.dev/supersede`; what nobody would sync anew, and a chosen revision, are finished first. */
function supersedePolicy(application: Application): SupersedePolicy {
  const named = application.metadata.annotations?.['driftless.dev/supersede']
  const policy = policies.find((known) => known === named)
  if (policy !== undefined) return policy
  const request = requestOf(application)
  const chosen = request !== undefined && (request.ownSource || request.revision !== undefined)
  return chosen || !isAutomated(application) ? 'finish' : 'replace'
}
