import type { Manifest } from '../manifest/manifest.ts'
import { conditionOf, conditionsOf, type StatusCondition } from './condition.ts'
import { type Health, verdict } from './health.ts'

const v1Conditions = 'autoscaling.alpha.kubernetes.io/conditions'
const failures = new Set([
  'FailedGetScale',
  'FailedUpdateScale',
  'FailedGetResourceMetric',
  'FailedGetObjectMetric',
  'FailedGetPodsMetric',
  'FailedGetContainerResourceMetric',
  'FailedGetExternalMetric',
  'FailedComputeMetricsReplicas',
  'InvalidSelector',
])

/** HEALTH-15; autoscaling/v1 keeps its conditions in an annotation. */
export function assessAutoscaler(live: Manifest): Health {
  const conditions = [...conditionsOf(live), ...annotatedConditions(live)]
  const failed = conditions.find(({ reason }) => failures.has(reason))
  if (failed !== undefined) return verdict('Degraded', failed.message)
  const able = conditions.find(
    ({ type, status }) =>
      (type === 'AbleToScale' || type === 'ScalingLimited') && status === 'True',
  )
  return able === undefined
    ? verdict('Progressing', 'Waiting to Autoscale')
    : verdict('Healthy', able.message)
}

function annotatedConditions({ metadata }: Manifest): readonly StatusCondition[] {
  try {
    const parsed: unknown = JSON.parse(metadata.annotations?.[v1Conditions] ?? '[]')
    return Array.isArray(parsed) ? parsed.map(conditionOf) : []
  } catch {
    return [] // an annotation is anybody's text; without conditions the verdict is Progressing
  }
}
