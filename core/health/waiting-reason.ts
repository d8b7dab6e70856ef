import { listAt, textAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { conditionsOf } from './condition.ts'

/** Whether a container waits because something failed (ErrImagePull, CrashLoopBackOff …), not because it starts. */
export function isFailedWait(reason: string): boolean {
  return reason.startsWith('Err') || reason.endsWith('Error') || reason.endsWith('BackOff')
}

/**
 * Why a pod does not get on, as a person would look it up: `CrashLoopBackOff: back-off 10s …`,
 * `ErrImagePull: …`, `Unschedulable: …`; undefined while it just starts or runs.
 */
export function waitingReason(pod: Manifest): string | undefined {
  const containers = [
    ...listAt(pod, 'status', 'initContainerStatuses'),
    ...listAt(pod, 'status', 'containerStatuses'),
  ]
  for (const container of containers) {
    const reason = textAt(container, 'state', 'waiting', 'reason')
    if (isFailedWait(reason)) {
      return withMessage(reason, textAt(container, 'state', 'waiting', 'message'))
    }
  }
  const unscheduled = conditionsOf(pod).find(
    ({ type, status, reason }) =>
      type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
  )
  return unscheduled && withMessage(unscheduled.reason, unscheduled.message)
}

function withMessage(reason: string, message: string): string {
  return message === '' ? reason : `${reason}: ${message}`
}
