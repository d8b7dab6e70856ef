import { createApplicationIndex } from '../../clients/applications.ts'
import { createClusterIndex } from '../../clients/clusters.ts'
import type { KubeTransport } from '../../clients/kube/transport.ts'
import { createTemporal, type Temporal } from '../../clients/temporal.ts'
import { createWakeup } from '../../event-sources/wakeup.ts'
import { applicationWorkflowId } from '../../workflows/contract.ts'
import { CommandEnd } from '../exit.ts'

export type Rebuild = {
  readonly transport: KubeTransport
  readonly temporal: string
  readonly temporalNamespace: string
  /** The control namespace. */
  readonly namespace: string
  /** With `<namespace>/` before it where it lives in another one. */
  readonly name: string
}

/**
 * Ends the application's workflow, which may be one that can no longer replay, and wakes a new one;
 * all that matters is in the Application. Says whether there was one to end.
 */
export async function rebuild(options: Rebuild): Promise<boolean> {
  const { transport, namespace } = options
  const [name = '', inNamespace = namespace] = options.name.split('/').toReversed()
  const others = inNamespace === namespace ? [] : [inNamespace]
  const temporal = await createTemporal(options.temporal, options.temporalNamespace)
  const applications = createApplicationIndex(transport, namespace, () => undefined, { others })
  const clusters = createClusterIndex(transport, namespace, () => undefined)
  try {
    const found = await applications.read(inNamespace, name)
    if (found === undefined) {
      throw new CommandEnd(`there is no Application ${name} in the namespace ${inNamespace}`)
    }
    await clusters.synced
    const ended = await end(temporal, applicationWorkflowId(found.ref))
    const wakeup = createWakeup({
      temporal,
      clusterIdOf: clusters.idOf,
      find: () => found,
    })
    await wakeup.application(found.ref, { reason: 'start', at: Date.now() })
    return ended
  } finally {
    applications.stop()
    clusters.stop()
    await temporal.close()
  }
}

async function end({ client }: Temporal, workflowId: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).terminate('driftless admin rebuild')
    return true
  } catch (error) {
    if ((error as Error).name === 'WorkflowNotFoundError') return false
    throw error
  }
}
