import { type DecisionEvent, decisionEvent } from '../event/decision.ts'
import { type Notice, showNotice } from './notice.ts'

/** Where people read it. */
export type ToldWhere = { readonly channel: string; readonly ts: string }

/** That people were told of the end of an operation, for whoever asks what became of an event. */
export function toldDecision(notice: Notice, { channel, ts }: ToldWhere): DecisionEvent {
  const { operation, at, events = [], revision } = notice
  return decisionEvent({
    ...{ step: 'told', id: operation, source: `/notifications/${operation}`, at, events, revision },
    application: operation.split('/').slice(0, 2).join('/'),
    summary: `told Slack: ${showNotice(notice)}`,
    facts: { operation, channel, ts },
  })
}
