import type { StoredApplication } from '../clients/applications.ts'
import type { StatusReport } from '../core/flow.ts'
import { noticeOf } from '../core/notification/notice.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'

/**
 * Hands what people are to be told of a report to the workflow that tells them; nothing while nobody
 * is to be told. NetworkError when Temporal does not take it: the report is then made again.
 */
export async function noticeTo(
  { notify }: Pick<ActivityClients, 'notify'>,
  { ref, object }: StoredApplication,
  report: StatusReport,
): Promise<void> {
  if (notify === undefined) return
  const notice = noticeOf({ ref, before: statusOf(object), report })
  if (notice !== undefined) await notify(ref, notice)
}
