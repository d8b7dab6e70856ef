import type { StatusReport } from '../flow.ts'
import { isStillTroubled } from './grace.ts'
import type { ApplicationStatus, ResourceStatus } from './status.ts'

/** Synced when every one of these is; what is not known now stays as it was. */
export function syncStatus(
  report: StatusReport,
  resources: readonly ResourceStatus[] | undefined,
  previous: ApplicationStatus,
): 'Synced' | 'OutOfSync' | 'Unknown' {
  const isWrong = report.failure !== undefined || (report.problems?.length ?? 0) > 0
  const unknown = isWrong || isStillTroubled(previous, report)
  if (unknown || resources === undefined) {
    return unknown ? 'Unknown' : (previous.sync?.status ?? 'Unknown')
  }
  return resources.every(({ status }) => status === 'Synced') ? 'Synced' : 'OutOfSync'
}
