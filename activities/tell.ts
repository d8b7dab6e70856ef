import { ConflictError } from '../core/errors.ts'
import { type DecisionEvent, isDecision, keyOfDecision } from '../core/event/decision.ts'
import { type DeploymentEvent, keyOfDeployment } from '../core/event/deployment.ts'
import { topics } from '../core/event/topics.ts'
import { warningOf } from '../core/event/warning.ts'
import type { ActivityClients } from './clients.ts'

export type TellableEvent = DeploymentEvent | DecisionEvent

/**
 * Tells Kafka, and of failures also Kubernetes, so that every failed operation warns without any
 * set-up. Returns what was not taken; telling something twice is harmless, its name is the same.
 */
export async function tell(
  { bus, warn }: Pick<ActivityClients, 'bus' | 'warn'>,
  events: readonly TellableEvent[],
): Promise<readonly TellableEvent[]> {
  const told = await Promise.allSettled(
    events.map(async (event) => {
      if (isDecision(event)) {
        return await bus.publish(topics.decisions, event, keyOfDecision(event))
      }
      await Promise.all([
        bus.publish(topics.deployments, event, keyOfDeployment(event)),
        warnOf(warn, event),
      ])
    }),
  )
  return events.filter((_, index) => told[index]?.status === 'rejected')
}

async function warnOf(warn: ActivityClients['warn'], event: DeploymentEvent): Promise<void> {
  const warning = warningOf(event)
  if (warning === undefined) return
  try {
    await warn(warning)
  } catch (error) {
    // it was told before
    if (!(error instanceof ConflictError)) throw error
  }
}
