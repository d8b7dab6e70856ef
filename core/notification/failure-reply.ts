import type { Failure } from '../failure/failure.ts'
import { colours, type SlackBlock, type SlackMessage } from './message.ts'
import { mrkdwn } from './mrkdwn.ts'

// Slack takes 3,000 characters in a section
const limits = { text: 600, part: 400, evidence: 2_000 } as const

/** The detail of a failure, for the thread: what, which object, what was seen, and what to do. */
export function failureReply({ cause, object, evidence, next }: Failure): SlackMessage {
  const about = object === undefined ? '' : `\n*Object:* ${mrkdwn(object, limits.part)}`
  const seen = mrkdwn(evidence, limits.evidence)
  const detail = `*Cause:* ${mrkdwn(cause, limits.part)}${about}\n*Seen:* ${seen}`
  const text = mrkdwn(`${cause}: ${evidence}`, limits.text)
  const blocks = [section(detail), section(`*Next:* ${mrkdwn(next, limits.part)}`)]
  return { text, attachments: [{ color: colours.Failed, fallback: text, blocks }] }
}

function section(text: string): SlackBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } }
}
