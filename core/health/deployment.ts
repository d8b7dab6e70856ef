import { fieldAt, numberAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { conditionsOf } from './condition.ts'
import { type Health, verdict } from './health.ts'
import { isStatusOld } from './observed.ts'

const waiting = 'Waiting for rollout to finish:'

/** HEALTH-05: Degraded only once the progress deadline has passed. */
export function assessDeployment(live: Manifest): Health {
  if (fieldAt(live, 'spec', 'paused') === true) return verdict('Suspended', 'Deployment is paused')
  if (isStatusOld(live)) {
    return verdict(
      'Progressing',
      `${waiting} observed deployment generation less than desired generation`,
    )
  }
  const progressing = conditionsOf(live).find(({ type }) => type === 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return verdict('Degraded', `Deployment "${live.metadata.name}" exceeded its progress deadline`)
  }
  const unfinished = unfinishedRollout(live)
  return unfinished === undefined
    ? verdict('Healthy')
    : verdict('Progressing', `${waiting} ${unfinished}`)
}

function unfinishedRollout(live: Manifest): string | undefined {
  const wanted = numberAt(live, 'spec', 'replicas')
  const updated = numberAt(live, 'status', 'updatedReplicas') ?? 0
  const replicas = numberAt(live, 'status', 'replicas') ?? 0
  const available = numberAt(live, 'status', 'availableReplicas') ?? 0
  if (wanted !== undefined && updated < wanted) {
    return `${updated} out of ${wanted} new replicas have been updated...`
  }
  if (replicas > updated) return `${replicas - updated} old replicas are pending termination...`
  if (available < updated) return `${available} of ${updated} updated replicas are available...`
  return undefined
}
