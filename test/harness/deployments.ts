import { randomUUID } from 'node:crypto'
import { createKafkaBus } from '../../clients/bus.ts'
import type { DeploymentEvent } from '../../core/event/deployment.ts'
import { topics } from '../../core/event/topics.ts'

/** As much of a deployment event as tests look at. */
export type Told = { readonly kind: string; readonly revision: string }

/** Reads `driftless.deployments` from its beginning, as an outside listener would. */
export function followDeployments(broker: string) {
  const seen: DeploymentEvent[] = []
  const bus = createKafkaBus({
    brokers: [broker],
    clientId: `test-${randomUUID()}`,
    onError: () => undefined,
  })
  bus.consume({
    topic: topics.deployments,
    group: `test-${randomUUID()}`,
    handle: async (event) => {
      seen.push(event as unknown as DeploymentEvent)
    },
  })
  return {
    ofApplication: (application: string): readonly Told[] =>
      seen
        .filter(({ subject }) => subject === application)
        .map(({ type, data }) => ({ kind: type.split('.').at(-1) ?? '', revision: data.revision })),
    close: () => bus.close(),
  }
}
