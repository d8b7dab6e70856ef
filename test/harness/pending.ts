import { Client, Connection } from '@temporalio/client'
import { eventually } from './eventually.ts'

const soonMs = 5
const patienceMs = 60_000

/** Looks at what Temporal has given to workers and has no answer of. */
export type Pending = {
  /** Settles when the workflow has an activity of this type open. */
  whenOpen(workflowId: string, activity: string): Promise<void>
  close(): Promise<void>
}

/** Opens a client of the stack's Temporal. */
export async function followPending(address: string): Promise<Pending> {
  const connection = await Connection.connect({ address })
  const client = new Client({ connection, namespace: 'driftless' })
  const openIn = async (workflowId: string): Promise<readonly (string | null | undefined)[]> => {
    try {
      const { raw } = await client.workflow.getHandle(workflowId).describe()
      return (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name)
    } catch (error) {
      // it is not begun yet
      if ((error as Error).name === 'WorkflowNotFoundError') return []
      throw error
    }
  }
  return {
    async whenOpen(workflowId, activity) {
      await eventually(
        () => openIn(workflowId),
        (open) => open.includes(activity),
        patienceMs,
        // steps are short
        soonMs,
      )
    },
    close: () => connection.close(),
  }
}
