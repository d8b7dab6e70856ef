import { fieldAt, listAt, textAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { conditionsOf } from './condition.ts'
import { type Health, verdict } from './health.ts'

/** HEALTH-10: the types of the conditions decide; a resumed Job counts as complete, as in Argo CD. */
export function assessJob(live: Manifest): Health {
  const conditions = conditionsOf(live)
  const failed = conditions.find(({ type }) => type === 'Failed')
  if (failed !== undefined) return verdict('Degraded', failed.message)
  const suspended = conditions.findLast(({ type }) => type === 'Suspended')
  if (suspended?.status === 'True') return verdict('Suspended', suspended.message)
  const complete = conditions.findLast(({ type }) => type === 'Complete') ?? suspended
  return complete === undefined ? verdict('Progressing') : verdict('Healthy', complete.message)
}

/** HEALTH-11: Degraded only when the last finished run did not succeed and none is running. */
export function assessCronJob(live: Manifest): Health {
  if (fieldAt(live, 'spec', 'suspend') === true) return verdict('Healthy', 'CronJob is Suspended')
  const last = textAt(live, 'status', 'lastScheduleTime')
  if (last === '') return verdict('Healthy', 'CronJob has not been scheduled yet')
  if (listAt(live, 'status', 'active').length > 0) return verdict('Healthy', 'CronJob is running')
  // both are RFC 3339 in UTC, as the API server writes them: text order is time order
  return textAt(live, 'status', 'lastSuccessfulTime') >= last
    ? verdict('Healthy', 'CronJob has completed its last execution successfully')
    : verdict('Degraded', 'CronJob has not completed its last execution successfully')
}
