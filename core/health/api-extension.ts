import type { Manifest } from '../manifest/manifest.ts'
import { conditionsOf, type StatusCondition } from './condition.ts'
import { type Health, verdict } from './health.ts'

/** HEALTH-16. */
export function assessApiService(live: Manifest): Health {
  const available = conditionsOf(live).find(({ type }) => type === 'Available')
  if (available === undefined) return verdict('Progressing', 'Waiting to be processed')
  return verdict(
    available.status === 'True' ? 'Healthy' : 'Progressing',
    `${available.reason}: ${available.message}`,
  )
}

/** HEALTH-18: Healthy once established; names that are taken and schemas that break the rules are Degraded. */
export function assessDefinition(live: Manifest): Health {
  if (live.metadata.deletionTimestamp !== undefined) {
    return verdict('Progressing', 'CRD is terminating')
  }
  const conditions = conditionsOf(live)
  if (conditions.length === 0) return verdict('Progressing', 'Status conditions not found')
  for (const condition of conditions) {
    const health = assessCondition(condition)
    if (health !== undefined) return health
  }
  const established = conditions.some(
    ({ type, status }) => type === 'Established' && status === 'True',
  )
  return established
    ? verdict('Healthy', 'CRD is healthy')
    : verdict('Degraded', 'CRD is not established')
}

function assessCondition({ type, status, reason, message }: StatusCondition): Health | undefined {
  if (type === 'Terminating' && status === 'True') {
    return verdict('Progressing', `CRD is terminating: ${message}`)
  }
  if (type === 'NamesAccepted' && status === 'False') {
    return verdict('Degraded', `CRD names have not been accepted: ${message}`)
  }
  if (type === 'NonStructuralSchema' && status === 'True') {
    return verdict('Degraded', `Schema violations found: ${message}`)
  }
  return type === 'Established' && status !== 'True' && reason === 'Installing'
    ? verdict('Progressing', 'CRD is being installed')
    : undefined
}
