import { numberAt, textAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { type Health, verdict } from './health.ts'
import { isStatusOld } from './observed.ts'

/** HEALTH-07. */
export function assessDaemonSet(live: Manifest): Health {
  const waiting = `Waiting for daemon set "${live.metadata.name}" rollout to finish:`
  if (isStatusOld(live)) {
    return verdict(
      'Progressing',
      `${waiting} observed daemon set generation less than desired generation`,
    )
  }
  const count = (field: string) => numberAt(live, 'status', field) ?? 0
  const desired = count('desiredNumberScheduled')
  const updated = count('updatedNumberScheduled')
  const available = count('numberAvailable')
  if (textAt(live, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return verdict('Healthy', `daemon set ${updated} out of ${desired} new pods have been updated`)
  }
  if (updated < desired) {
    const text = `${updated} out of ${desired} new pods have been updated...`
    return verdict('Progressing', `${waiting} ${text}`)
  }
  if (available < desired) {
    const text = `${available} of ${desired} updated pods are available...`
    return verdict('Progressing', `${waiting} ${text}`)
  }
  return verdict('Healthy')
}
