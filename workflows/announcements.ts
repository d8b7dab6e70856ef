import { condition, defineSignal, setHandler } from '@temporalio/workflow'
import type { Announcement } from '../core/notification/announcement.ts'
import { announcementSignal } from './contract.ts'
import { slack } from './steps.ts'

/**
 * What the hooks of one operation say to people, in their order. Slack is tried until it answers, so
 * that neither the operation waits for it nor anything is lost.
 */
export async function announcements(): Promise<string> {
  const waiting: Announcement[] = []
  const known = new Set<string>()
  setHandler(defineSignal<[Announcement]>(announcementSignal), (announcement) => {
    if (known.has(announcement.part)) return
    known.add(announcement.part)
    waiting.push(announcement)
  })
  await condition(() => waiting.length > 0)
  const refusals: unknown[] = []
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    try {
      await slack.announce.executeWithOptions({ summary: `${next.channel}: ${next.part}` }, [next])
    } catch (error) {
      // a channel that does not exist takes nothing away from the others
      refusals.push(error)
    }
  }
  if (refusals.length > 0) throw refusals[0]
  return `told ${known.size}`
}
