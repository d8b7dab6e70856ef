import { fieldAt, listAt, numberAt, textAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { conditionsOf } from './condition.ts'
import { type Health, verdict } from './health.ts'

const ended = new Set(['RolloutAborted', 'ProgressDeadlineExceeded'])

/** HEALTH-19: a pause is Suspended, whoever made it; an error of the spec counts from any status. */
export function assessRollout(live: Manifest): Health {
  const failure = conditionsOf(live).find(
    ({ type, reason }) => type === 'InvalidSpec' || (type === 'Progressing' && ended.has(reason)),
  )
  if (failure !== undefined) return verdict('Degraded', failure.message)
  if (!isObserved(live)) {
    return verdict('Progressing', 'Waiting for rollout spec update to be observed')
  }
  if (textAt(live, 'status', 'phase') === 'Degraded') {
    return verdict('Degraded', textAt(live, 'status', 'message'))
  }
  const isPaused =
    fieldAt(live, 'spec', 'paused') === true || listAt(live, 'status', 'pauseConditions').length > 0
  if (isPaused) return verdict('Suspended', 'Rollout is paused')
  const unfinished = unfinishedRollout(live) ?? unpromoted(live)
  return unfinished === undefined ? verdict('Healthy') : verdict('Progressing', unfinished)
}

/** Before 1.0 the observed generation was a hash, which says nothing. */
function isObserved(live: Manifest): boolean {
  if (fieldAt(live, 'status') === undefined) return false
  const observed = numberAt(live, 'status', 'observedGeneration')
  return observed === undefined || observed >= (live.metadata.generation ?? 0)
}

const isBlueGreen = (live: Manifest) => fieldAt(live, 'spec', 'strategy', 'blueGreen') !== undefined

function unfinishedRollout(live: Manifest): string | undefined {
  const wanted = numberAt(live, 'spec', 'replicas') ?? 1
  const [replicas = 0, updated = 0, available = 0] = [
    'replicas',
    'updatedReplicas',
    'availableReplicas',
  ].map((field) => numberAt(live, 'status', field))
  if (updated < wanted) return `${updated} out of ${wanted} new replicas have been updated`
  // the old ones of blue-green stay for a while after the cutover, which is no reason to wait
  if (!isBlueGreen(live) && replicas > updated) {
    return `${replicas - updated} old replicas are pending termination`
  }
  if (available < updated) return `${available} of ${updated} updated replicas are available`
  return undefined
}

function unpromoted(live: Manifest): string | undefined {
  const current = textAt(live, 'status', 'currentPodHash')
  if (isBlueGreen(live) && textAt(live, 'status', 'blueGreen', 'activeSelector') !== current) {
    return 'the active service still selects the old pods'
  }
  return textAt(live, 'status', 'stableRS') === current
    ? undefined
    : 'the new pods are not promoted yet'
}
