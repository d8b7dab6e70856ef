import { Context } from '@temporalio/activity'
import type { StoredApplication } from '../clients/applications.ts'
import type { Marker, Posted, Slack } from '../clients/slack.ts'
import { projectOf, sourceOf } from '../core/application.ts'
import { NetworkError } from '../core/errors.ts'
import { repositoryKey } from '../core/event/repository-key.ts'
import { nameOf } from '../core/flow/names.ts'
import type { ApplicationRef } from '../core/flow.ts'
import type { Announcement } from '../core/notification/announcement.ts'
import { failureReply } from '../core/notification/failure-reply.ts'
import { type MessageFacts, slackMessage } from '../core/notification/message.ts'
import { mrkdwn } from '../core/notification/mrkdwn.ts'
import { type Notice, replyPart } from '../core/notification/notice.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { currentApplication } from './current.ts'
import { infoOf } from './sources.ts'

export type NoticeInput = { readonly application: ApplicationRef; readonly notice: Notice }
export type PostInput = NoticeInput & {
  /** Whether an earlier run may have posted it. */
  readonly mayExist: boolean
}
export type ToldInput = NoticeInput & { readonly posted: Posted }
export type { Posted }

const messagePart = 'message'
const maxTextLength = 4_000
// a subject is a courtesy: a mirror that has to be made again does not hold a message up
const patienceMs = 3_000

/**
 * The one Slack message of an operation. Slack has no key by which it would recognise a message that
 * is posted twice, and a worker can die after Slack took a message and before Temporal knows it. So
 * each message carries a marker, and whoever cannot be sure to be the first looks for it before
 * posting. The message says what the operation says now, beside what the Application shows.
 */
export function createNotify(clients: ActivityClients) {
  return {
    async postMessage({ application, notice, mayExist }: PostInput): Promise<Posted> {
      const slack = slackOf(clients)
      const marker = { id: notice.operation, part: messagePart }
      const known = await find(slack, marker, { since: notice.startedAt }, mayExist)
      const message = slackMessage(await factsOf(clients, application, notice))
      if (known === undefined) return await slack.post(message, marker)
      await slack.update(known, message, marker)
      return known
    },
    async updateMessage({ application, notice, posted }: ToldInput): Promise<void> {
      const marker = { id: notice.operation, part: messagePart }
      const message = slackMessage(await factsOf(clients, application, notice))
      await slackOf(clients).update(posted, message, marker)
    },
    async announce({ operation, part, startedAt, channel, text }: Announcement): Promise<Posted> {
      const slack = slackOf(clients)
      const marker = { id: operation, part }
      const known = await slack.find(marker, { since: startedAt, channel })
      const message = { text: mrkdwn(text, maxTextLength), attachments: [] }
      return known ?? (await slack.post(message, marker, { channel }))
    },
    async replyInThread({ notice, posted }: ToldInput): Promise<void> {
      if (notice.failure === undefined) return
      const slack = slackOf(clients)
      const marker = { id: notice.operation, part: replyPart(notice.failure) }
      // one more request beside a failure costs nothing that anybody would notice
      if ((await find(slack, marker, posted, true)) !== undefined) return
      await slack.post(failureReply(notice.failure), marker, posted)
    },
  }
}

function slackOf({ slack }: ActivityClients): Slack {
  if (slack !== undefined) return slack
  throw new NetworkError('this worker has no token for Slack; set SLACK_BOT_TOKEN')
}

async function find(
  slack: Slack,
  marker: Marker,
  where: Parameters<Slack['find']>[1],
  mayExist: boolean,
): Promise<Posted | undefined> {
  const isFirst = !mayExist && Context.current().info.attempt === 1
  return isFirst ? undefined : await slack.find(marker, where)
}

async function factsOf(
  { applications, git }: ActivityClients,
  ref: ApplicationRef,
  notice: Notice,
): Promise<MessageFacts> {
  const application = nameOf(ref)
  const current = await currentApplication(applications, ref).catch(() => undefined)
  if (current === undefined) return { application, notice }
  const { destination } = current.application.spec
  const repoURL = sourceOf(current.application)?.repoURL
  const cluster = destination.name || destination.server
  const health = statusOf(current.object).health?.status
  return {
    ...{ application, notice },
    destination: [cluster, destination.namespace].filter(Boolean).join('/'),
    // host and path only: an address can hold credentials
    ...(repoURL !== undefined && { repository: repositoryKey(repoURL) }),
    ...(health !== undefined && { health }),
    ...(await commitOf(git, current, notice.revision)),
  }
}

async function commitOf(
  git: ActivityClients['git'],
  { application }: StoredApplication,
  revision: string,
): Promise<{ readonly subject?: string; readonly author?: string }> {
  const source = sourceOf(application)
  if (source === undefined || revision === '') return {}
  const nothing = {}
  const late = Promise.withResolvers<typeof nothing>()
  const timer = setTimeout(() => late.resolve(nothing), patienceMs)
  try {
    const info = infoOf({ git }, projectOf(application), source, revision).catch(() => nothing)
    return await Promise.race([info, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
