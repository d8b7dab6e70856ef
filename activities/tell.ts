import { projectOf } from '../core/application.ts'
import { ConflictError } from '../core/errors.ts'
import { type DecisionEvent, isDecision, keyOfDecision } from '../core/event/decision.ts'
import { type DeploymentEvent, keyOfDeployment } from '../core/event/deployment.ts'
import { eventLabels, readLabelKeys } from '../core/event/labels.ts'
import { topics } from '../core/event/topics.ts'
import { warningOf } from '../core/event/warning.ts'
import type { ActivityClients } from './clients.ts'

export type TellableEvent = DeploymentEvent | DecisionEvent

type TellClients = Pick<ActivityClients, 'applications' | 'bus' | 'setting' | 'warn'>

/**
 * Tells Kafka, and of failures also Kubernetes, so that every failed operation warns without any
 * set-up. Returns what was not taken; telling something twice is harmless, its name is the same.
 */
export async function tell(
  clients: TellClients,
  events: readonly TellableEvent[],
): Promise<readonly TellableEvent[]> {
  const told = await Promise.allSettled(
    events.map(async (event) => {
      const { bus } = clients
      if (isDecision(event)) {
        return await bus.publish(topics.decisions, event, keyOfDecision(event))
      }
      await Promise.all([
        bus.publish(topics.deployments, event, keyOfDeployment(event)),
        warnOf(clients, event),
      ])
    }),
  )
  return events.filter((_, index) => told[index]?.status === 'rejected')
}

async function warnOf(clients: TellClients, event: DeploymentEvent): Promise<void> {
  const warning = warningOf(event, labelsFor(clients, event))
  if (warning === undefined) return
  try {
    await clients.warn(warning)
  } catch (error) {
    // it was told before
    if (!(error instanceof ConflictError)) throw error
  }
}

/** What of the labels of the Application and its project the settings name (OPS-07). */
function labelsFor({ applications, setting }: TellClients, { subject }: DeploymentEvent) {
  const [namespace = '', name = ''] = subject.split('/')
  const found = applications.get(namespace, name)
  const project = found && applications.project(projectOf(found.application))
  const keys = readLabelKeys(setting)
  return eventLabels(keys, found?.object.metadata.labels, project?.metadata.labels)
}
