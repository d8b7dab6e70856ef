import { condition, defineSignal, setHandler, sleep } from '@temporalio/workflow'
import type { Posted } from '../activities/notify.ts'
import { isLast, type Notice, showNotice } from '../core/notification/notice.ts'
import { toldDecision } from '../core/notification/told.ts'
import { type NotificationInput, noticeSignal } from './contract.ts'
import { slack, telling } from './steps.ts'

// Slack takes about one message per second and channel
const pauseMs = 1_200
// an operation that is not heard of for so long will not be; a later word opens a new run
const patience = '1 day'

/**
 * What people are told of one operation: one message, brought up to date through its life, and each
 * failure once in its thread. States that come faster than Slack wants to hear them are folded.
 */
export async function notification({ application }: NotificationInput): Promise<string> {
  const news: { newest?: Notice } = {}
  setHandler(defineSignal<[Notice]>(noticeSignal), (notice) => {
    if (notice.sequence > (news.newest?.sequence ?? 0)) news.newest = notice
  })
  let told: Notice | undefined
  let posted: Posted | undefined
  for (;;) {
    await condition(() => news.newest !== told, patience)
    const notice = news.newest
    if (notice === undefined || notice === told) return 'not heard of for a day'
    const options = { summary: showNotice(notice) }
    const input = { application, notice }
    if (posted === undefined) {
      posted = await slack.postMessage.executeWithOptions(options, [
        { ...input, mayExist: mayBeToldAlready(notice) },
      ])
    } else {
      await slack.updateMessage.executeWithOptions(options, [{ ...input, posted }])
    }
    if (notice.failure !== undefined && notice.failure.evidence !== told?.failure?.evidence) {
      await slack.replyInThread.executeWithOptions({ summary: notice.failure.cause }, [
        { ...input, posted },
      ])
    }
    told = notice
    if (isLast(notice)) await telling.publish({ events: [toldDecision(notice, posted)] })
    if (isLast(notice) && news.newest === notice) return showNotice(notice)
    await sleep(pauseMs)
  }
}

/** Only the begin of a first attempt is sure to be told by this run for the first time. */
function mayBeToldAlready(notice: Notice): boolean {
  return isLast(notice) || notice.retries > 0
}
