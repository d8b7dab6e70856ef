import { fieldAt, numberAt, textAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { type Health, verdict } from './health.ts'
import { isStatusOld } from './observed.ts'

/** HEALTH-06. */
export function assessStatefulSet(live: Manifest): Health {
  const observed = numberAt(live, 'status', 'observedGeneration') ?? 0
  if (observed === 0 || isStatusOld(live)) {
    return verdict('Progressing', 'Waiting for statefulset spec update to be observed...')
  }
  const wanted = numberAt(live, 'spec', 'replicas')
  const ready = numberAt(live, 'status', 'readyReplicas') ?? 0
  if (wanted !== undefined && ready < wanted) {
    return verdict('Progressing', `Waiting for ${wanted - ready} pods to be ready...`)
  }
  const strategy = textAt(live, 'spec', 'updateStrategy', 'type')
  const rolling = fieldAt(live, 'spec', 'updateStrategy', 'rollingUpdate')
  if (strategy === 'RollingUpdate' && rolling !== undefined && rolling !== null) {
    return assessPartition(live, wanted)
  }
  if (strategy === 'OnDelete') return verdict('Healthy', `statefulset has ${ready} ready pods`)
  return assessRevision(live)
}

function assessPartition(live: Manifest, wanted: number | undefined): Health {
  const partition = numberAt(live, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  const updated = numberAt(live, 'status', 'updatedReplicas') ?? 0
  const due = wanted !== undefined && partition !== undefined ? wanted - partition : 0
  return updated < due
    ? verdict(
        'Progressing',
        `Waiting for partitioned roll out to finish: ${updated} out of ${due} new pods have been updated...`,
      )
    : verdict('Healthy', `partitioned roll out complete: ${updated} new pods have been updated...`)
}

function assessRevision(live: Manifest): Health {
  const [current, update] = ['currentRevision', 'updateRevision'].map((field) =>
    textAt(live, 'status', field),
  )
  const pods = (field: string) => numberAt(live, 'status', field) ?? 0
  return current === update
    ? verdict(
        'Healthy',
        `statefulset rolling update complete ${pods('currentReplicas')} pods at revision ${current}...`,
      )
    : verdict(
        'Progressing',
        `waiting for statefulset rolling update to complete ${pods('updatedReplicas')} pods at revision ${update}...`,
      )
}
