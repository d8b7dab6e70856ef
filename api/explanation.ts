import { z } from '@hono/zod-openapi'
import type { PlatformEvent } from '../core/event/event.ts'
import type { ExplainedStep } from '../core/event/explained.ts'
import type { Meaning } from '../core/event/why.ts'
import { rfc3339 } from '../core/time.ts'
import { documented } from './answers.ts'

/** A step as answers carry it: the event itself stands beside, times are RFC 3339. */
export type ShownStep = Omit<ExplainedStep, 'at' | 'event'> & { readonly at: string }

const Step = z
  .object({
    id: z.string(),
    at: z.string().meta({ description: 'When, RFC 3339.' }),
    step: z.string(),
    application: z.string().optional(),
    events: z.array(z.string()),
    summary: z.string(),
    revision: z.string().optional(),
    failure: z.looseObject({}).optional(),
    facts: z.looseObject({}).optional(),
  })
  .meta({ id: 'ExplainStep' })

const complete = z.boolean().meta({ description: 'False while Kafka is still being read.' })

const EventSummary = z
  .object({
    ...{ id: z.string(), at: z.string(), type: z.string(), source: z.string() },
    ...{ subject: z.string().optional(), summary: z.string() },
    last: Step.meta({ description: 'The last that is known of it.' }),
  })
  .meta({ id: 'EventSummary' })

export const EventList = documented<{
  readonly items: readonly {
    readonly id: string
    readonly at: string
    readonly type: string
    readonly source: string
    readonly subject?: string
    readonly summary: string
    readonly last: ShownStep
  }[]
  readonly complete: boolean
}>(z.object({ items: z.array(EventSummary), complete }).meta({ id: 'EventSummaryList' }))

export const EventExplanation = documented<{
  readonly event?: PlatformEvent
  readonly steps: readonly ShownStep[]
  readonly meaning?: Meaning
  readonly complete: boolean
}>(
  z
    .object({
      event: z.looseObject({ id: z.string() }).optional(),
      steps: z.array(Step),
      meaning: z
        .object({ application: z.string(), matched: z.boolean(), reason: z.string() })
        .optional(),
      complete,
    })
    .meta({ id: 'EventExplanation' }),
)

export const ApplicationExplanation = documented<{
  readonly application: string
  readonly since: string
  readonly steps: readonly ShownStep[]
  readonly complete: boolean
}>(
  z
    .object({ application: z.string(), since: z.string(), steps: z.array(Step), complete })
    .meta({ id: 'ApplicationExplanation' }),
)

/** The step as answers carry it. */
export function shownStep({ event: _, at, ...step }: ExplainedStep): ShownStep {
  return { ...step, at: rfc3339(at) }
}
