import { listAt, textAt } from '../manifest/field.ts'

/** One entry of `status.conditions`, with empty texts for what is missing. */
export type StatusCondition = {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

/** The conditions of a live object in their order. */
export function conditionsOf(live: unknown): readonly StatusCondition[] {
  return listAt(live, 'status', 'conditions').map(conditionOf)
}

/** A condition read from any JSON value. */
export function conditionOf(value: unknown): StatusCondition {
  return {
    type: textAt(value, 'type'),
    status: textAt(value, 'status'),
    reason: textAt(value, 'reason'),
    message: textAt(value, 'message'),
  }
}
