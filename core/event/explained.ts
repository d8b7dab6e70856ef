import type { Failure } from '../failure/failure.ts'
import type { DecisionData } from './decision.ts'
import type { DeploymentEvent } from './deployment.ts'
import { isGitPush, type PlatformEvent } from './event.ts'

/** One line of an explanation: what happened, when, to whom, and because of which events. */
export type ExplainedStep = {
  readonly id: string
  /** Epoch ms. */
  readonly at: number
  /** `received`, a step of core/event/decision.ts, or what `driftless.deployments` calls it. */
  readonly step: string
  readonly events: readonly string[]
  readonly application?: string
  readonly summary: string
  readonly revision?: string
  readonly failure?: Failure
  readonly facts?: Readonly<Record<string, unknown>>
  /** Of what came from outside. */
  readonly event?: PlatformEvent
}

const decision = 'dev.driftless.decision.'
const deployment = 'dev.driftless.deployment.'

/** Reads whatever our topics hold; `storedAt` is when Kafka stored it. */
export function explainedStep(event: PlatformEvent, storedAt: number): ExplainedStep {
  const { id, type } = event
  if (type.startsWith(decision)) {
    return { id, step: type.slice(decision.length), ...(event.data as DecisionData) }
  }
  if (type.startsWith(deployment))
    return ofDeployment(event as unknown as DeploymentEvent, storedAt)
  const summary = isGitPush(event)
    ? `push to ${event.data.ref} of ${event.source}: ${event.data.after.slice(0, 7)}${aboutPush(event.data)}`
    : `${type} of ${event.source}`
  const again = event.replay === undefined ? '' : ` (replay ${event.replay})`
  return {
    ...{ id, at: storedAt, step: 'received', events: [id], event },
    summary: `${summary}${again}`,
  }
}

function ofDeployment({ id, type, subject, data }: DeploymentEvent, at: number): ExplainedStep {
  const { message, revision, sync, health, failure } = data
  return {
    ...{ id, at, step: type.slice(deployment.length), events: [], application: subject, revision },
    summary: [`${sync}, ${health}`, message].filter(Boolean).join(': '),
    ...(failure !== undefined && { failure }),
    facts: { sync, health },
  }
}

function aboutPush({
  message,
  pusher,
}: {
  message?: string | undefined
  pusher?: string | undefined
}) {
  const subject = message?.split('\n')[0]
  return `${subject ? ` "${subject}"` : ''}${pusher ? ` by ${pusher}` : ''}`
}
