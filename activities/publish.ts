import { type DeploymentEvent, keyOfDeployment } from '../core/event/deployment.ts'
import { topics } from '../core/event/topics.ts'
import type { ActivityClients } from './clients.ts'

export type PublishInput = { readonly events: readonly unknown[] }

/** Publishes events that Kafka did not take at once. Their ids make telling twice harmless. */
export function createPublish({ bus }: ActivityClients) {
  return async ({ events }: PublishInput): Promise<void> => {
    for (const event of events as readonly DeploymentEvent[]) {
      await bus.publish(topics.deployments, event, keyOfDeployment(event))
    }
  }
}
