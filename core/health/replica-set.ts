import { numberAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { conditionsOf } from './condition.ts'
import { type Health, verdict } from './health.ts'
import { isStatusOld } from './observed.ts'

const waiting = 'Waiting for rollout to finish:'

/** HEALTH-08. */
export function assessReplicaSet(live: Manifest): Health {
  if (isStatusOld(live)) {
    return verdict(
      'Progressing',
      `${waiting} observed replica set generation less than desired generation`,
    )
  }
  const failure = conditionsOf(live).find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  )
  if (failure !== undefined) return verdict('Degraded', failure.message)
  const wanted = numberAt(live, 'spec', 'replicas') ?? 0
  const available = numberAt(live, 'status', 'availableReplicas') ?? 0
  return available < wanted
    ? verdict(
        'Progressing',
        `${waiting} ${available} out of ${wanted} new replicas are available...`,
      )
    : verdict('Healthy')
}
