import { sha256Hex } from '../digest.ts'
import { showFailure } from '../failure/failure.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { DeploymentEvent } from './deployment.ts'

// what the API server takes at most
const maxMessageLength = 1_000

const reasons: Readonly<Record<string, string>> = {
  'dev.driftless.deployment.sync-failed': 'OperationCompleted',
  'dev.driftless.deployment.comparison-failed': 'ComparisonError',
  'dev.driftless.deployment.deletion-failed': 'DeletionError',
  'dev.driftless.deployment.rollback-begun': 'AutomaticRollback',
}

/**
 * The Kubernetes Event that warns of a failed operation, as `kubectl describe` shows it; undefined for
 * what is no failure. The same failure has the same name, so telling it twice makes one Event.
 */
export function warningOf(
  event: DeploymentEvent,
  labels: Readonly<Record<string, string>> = {},
): Manifest | undefined {
  const { id, type, time, subject, applicationuid: uid, data } = event
  const reason = reasons[type]
  if (reason === undefined) return undefined
  const [namespace = '', name = ''] = subject.split('/')
  const revision = data.revision === '' ? '' : ` to ${data.revision}`
  const told = data.failure === undefined ? data.message : showFailure(data.failure)
  const message =
    reason === 'OperationCompleted' ? `Sync operation${revision} failed: ${told}` : told
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${sha256Hex(id).slice(0, 16)}`, namespace, labels },
    involvedObject: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      namespace,
      name,
      uid,
    },
    type: 'Warning',
    reason,
    message: message.slice(0, maxMessageLength),
    source: { component: 'driftless' },
    reportingComponent: 'driftless',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  }
}
