import type { Failure } from '../failure/failure.ts'
import { shortRevision } from '../short-revision.ts'
import { mrkdwn } from './mrkdwn.ts'
import type { Notice, NoticeCounts } from './notice.ts'

/** What the message says beside the notice: read at the time of sending, and left out when unknown. */
export type MessageFacts = {
  /** `<namespace>/<name>` of the Application. */
  readonly application: string
  readonly notice: Notice
  readonly subject?: string
  readonly author?: string
  readonly repository?: string
  /** `cluster/namespace` that is deployed to. */
  readonly destination?: string
  readonly health?: string
}

/** A message as Slack's `chat.postMessage` takes it; the text alone says all that matters. */
export type SlackMessage = {
  readonly text: string
  readonly attachments: readonly SlackAttachment[]
}
type SlackAttachment = {
  readonly color: string
  readonly fallback: string
  readonly blocks: readonly SlackBlock[]
}
export type Mrkdwn = { readonly type: 'mrkdwn'; readonly text: string }
export type SlackBlock =
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'section'; readonly fields: readonly Mrkdwn[] }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] }

// Slack takes 3,000 characters in a section and 2,000 in a field; nobody reads as much in a chat
const limits = { headline: 600, name: 200, field: 400, context: 300 } as const

/** The colours that Argo CD's own catalog of notifications uses. */
export const colours: Readonly<Record<Notice['phase'], string>> = {
  Running: '#0DADEA',
  Succeeded: '#18be52',
  Failed: '#E96D76',
  Error: '#E96D76',
}

/** The one message of an operation, as it stands now. Everything that comes from others is escaped and cut. */
export function slackMessage(facts: MessageFacts): SlackMessage {
  const { notice } = facts
  const text = headline(facts)
  const fields = fieldsOf(facts)
  return {
    text,
    attachments: [
      {
        color: colours[notice.phase],
        fallback: text,
        blocks: [
          ...(fields.length > 0 ? [{ type: 'section' as const, fields }] : []),
          ...(notice.failure === undefined ? [] : [shortReason(notice.failure)]),
          context(contextOf(facts)),
        ],
      },
    ],
  }
}

function headline({ application, notice, subject }: MessageFacts): string {
  const { phase, revision, failure, message } = notice
  const name = `*${mrkdwn(application.slice(application.indexOf('/') + 1), limits.name)}*`
  const commit = revision === '' ? '' : ` ${mrkdwn(shortRevision(revision), limits.name)}`
  const title = subject ? ` "${mrkdwn(subject, limits.name)}"` : ''
  if (phase === 'Succeeded') return `${name} synced${commit}${title}${took(notice)}`
  if (phase === 'Running') return `${name} is syncing${commit}${title}`
  const reason = mrkdwn(failure?.cause ?? message, limits.field)
  return `${name} failed to sync${commit}${title}: ${reason}`
}

function fieldsOf({ notice, author, destination, health, subject }: MessageFacts): Mrkdwn[] {
  const { revision, trigger, initiator, because = '', message, resources, failure } = notice
  const by = author ? ` by ${author}` : ''
  const commit = [shortRevision(revision), subject && `"${subject}"${by}`].filter(Boolean)
  const started = initiator === '' || initiator === 'automated' ? trigger : initiator
  return [
    field('Revision', commit.join(' ')),
    field('Started by', started),
    field('Rollback', because),
    field('Destination', destination ?? ''),
    field('Resources', showCounts(resources)),
    field('Health', health ?? ''),
    field('State', failure === undefined || notice.phase === 'Running' ? message : ''),
  ].flat()
}

function contextOf({ application, repository, notice }: MessageFacts): string {
  const attempt = notice.retries > 0 ? `attempt ${notice.retries + 1}` : ''
  const took = notice.phase === 'Running' ? '' : showDuration(notice.at - notice.startedAt)
  return [application, repository, attempt, took].filter(Boolean).join(' · ')
}

function shortReason({ cause, object, evidence, next }: Failure): SlackBlock {
  const about = object === undefined || evidence.includes(object) ? '' : `${object}: `
  const why = mrkdwn(`${about}${evidence}`, limits.headline)
  const text = `*${mrkdwn(cause, limits.name)}:* ${why}\n${mrkdwn(next, limits.field)}`
  return { type: 'section', text: { type: 'mrkdwn', text } }
}

function showCounts({ changed, pruned, unchanged, failed }: NoticeCounts): string {
  const parts = { changed, pruned, unchanged, failed }
  return Object.entries(parts)
    .flatMap(([what, count]) => (count > 0 ? `${count} ${what}` : []))
    .join(', ')
}

function field(name: string, value: string): readonly Mrkdwn[] {
  if (value === '') return []
  return [{ type: 'mrkdwn', text: `*${name}*\n${mrkdwn(value, limits.field)}` }]
}

function context(text: string): SlackBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: mrkdwn(text, limits.context) }] }
}

function took({ startedAt, at }: Notice): string {
  return ` in ${showDuration(at - startedAt)}`
}

/** `0.4 s`, `12 s`, `3 min 5 s`. */
function showDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
