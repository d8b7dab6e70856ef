import { numberAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { conditionsOf } from './condition.ts'
import { type Health, verdict } from './health.ts'

/**
 * The kstatus rule for kinds without a rule of their own; undefined for those that do not speak it
 * (neither conditions with a status nor an observed generation).
 */
export function assessByConditions(live: Manifest): Health | undefined {
  const conditions = conditionsOf(live).filter(({ status }) => status !== '')
  const observed = numberAt(live, 'status', 'observedGeneration')
  if (conditions.length === 0 && observed === undefined) return undefined
  const generation = live.metadata.generation ?? 0
  if (observed !== undefined && generation > observed) {
    return verdict('Progressing', `the controller has not seen generation ${generation} yet`)
  }
  const isTrue = (name: string) =>
    conditions.find(({ type, status }) => type === name && status === 'True')
  const stalled = isTrue('Stalled')
  if (stalled !== undefined) return verdict('Degraded', stalled.message)
  const reconciling = isTrue('Reconciling')
  if (reconciling !== undefined) return verdict('Progressing', reconciling.message)
  const ready = conditions.find(({ type }) => type === 'Ready')
  if (ready === undefined) return verdict('Healthy')
  return verdict(ready.status === 'True' ? 'Healthy' : 'Progressing', ready.message)
}
