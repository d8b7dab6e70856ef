import { type Application, isAutomated } from '../application.ts'
import { digestOf } from '../digest.ts'
import type { Decision, Wake, WakeReason } from '../flow.ts'

const resourcesFinalizer = 'resources-finalizer.argocd.argoproj.io'
const finalizers = [
  resourcesFinalizer,
  `${resourcesFinalizer}/foreground`,
  `${resourcesFinalizer}/background`,
]

/** Whether a finalizer asks for the deletion of the resources (APP-12). */
export function isResourcesFinalizer(name: string): boolean {
  return finalizers.includes(name)
}

const defaultHealthTimeoutMs = 10 * 60_000

export type DecideInput = {
  /** Undefined when there is no such Application any more, or another one has its name. */
  readonly application: Application | undefined
  /** Reasons why the spec cannot be worked with (schema, project, destination). */
  readonly problems: readonly string[]
  readonly wakes: readonly Wake[]
}

/** Which reason names the operation when several came together: the one a person would ask for first. */
const order: readonly WakeReason[] = [
  'delete',
  'spec',
  'push',
  'refresh',
  'poll',
  'drift',
  'start',
  'health',
]

/** Decides what the wakes mean for the application (AUTO-08, AUTO-14, APP-12, SYNCP-01). Pure. */
export function decide({ application, problems, wakes }: DecideInput): Decision {
  const trigger = order.find((reason) => wakes.some((wake) => wake.reason === reason)) ?? 'start'
  const decision = (action: Decision['action'], reason: string): Decision => ({
    action,
    reason,
    specDigest: application === undefined ? '' : digestOf(application.spec),
    trigger,
    problems,
    healthTimeoutMs: application === undefined ? 0 : healthTimeout(application),
  })
  if (application === undefined) return decision('ignore', 'the Application is gone')
  const { deletionTimestamp, finalizers: held = [], annotations = {} } = application.metadata
  if (deletionTimestamp !== undefined) {
    return held.some(isResourcesFinalizer)
      ? decision('delete', 'the Application is being deleted with its resources')
      : decision('ignore', 'the Application is being deleted, its resources stay')
  }
  if (annotations['argocd.argoproj.io/skip-reconcile'] === 'true') {
    return decision('ignore', 'the annotation argocd.argoproj.io/skip-reconcile is set')
  }
  if (problems.length > 0) return decision('invalid', problems.join('; '))
  if (trigger === 'health') return decision('report', 'the health of a resource changed')
  if (!isAutomated(application)) return decision('compare', 'automated sync is off')
  if (trigger === 'drift' && application.spec.syncPolicy?.automated?.selfHeal !== true) {
    return decision('compare', 'selfHeal is off')
  }
  return decision('sync', `automated sync after ${trigger}`)
}

/** `driftless.dev/health-timeout: 90s` (units s, m, h); anything else is the default of ten minutes. */
function healthTimeout(application: Application): number {
  const text = application.metadata.annotations?.['driftless.dev/health-timeout'] ?? ''
  const found = /^(\d+)(s|m|h)$/.exec(text)
  if (found === null) return defaultHealthTimeoutMs
  const unit = { s: 1_000, m: 60_000, h: 3_600_000 }[found[2] as 's' | 'm' | 'h']
  return Number(found[1]) * unit
}
