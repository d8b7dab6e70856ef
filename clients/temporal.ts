import {
  Client,
  Connection,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client'
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
} from '@temporalio/common'
import { NetworkError } from '../core/errors.ts'

/** A workflow that is opened by a signal, or gets it when it is open already. */
export type SignalledStart = {
  readonly workflow: string
  readonly id: string
  readonly taskQueue: string
  readonly input: unknown
  readonly signal: string
  readonly message: unknown
  /** One line in the list of the Temporal UI. */
  readonly summary: string
  readonly attributes: Readonly<Record<string, string>>
  readonly memo?: Readonly<Record<string, unknown>>
}

/** The Temporal service as the other rooms use it. */
export type Temporal = {
  readonly connection: Connection
  readonly client: Client
  /** Settles when Temporal has the signal. */
  signalWithStart(start: SignalledStart): Promise<void>
  healthy(): Promise<boolean>
  close(): Promise<void>
}

const workflowTaskTimeout = '5 seconds'

export async function createTemporal(address: string, namespace: string): Promise<Temporal> {
  const connection = Connection.lazy({ address })
  const client = new Client({ connection, namespace })
  return {
    connection,
    client,
    async signalWithStart({
      workflow,
      id,
      taskQueue,
      input,
      signal,
      message,
      summary,
      attributes,
      memo,
    }) {
      await reachable(
        client.workflow.signalWithStart(workflow, {
          workflowId: id,
          taskQueue,
          args: [input],
          signal,
          signalArgs: [message],
          staticSummary: summary,
          typedSearchAttributes: new TypedSearchAttributes(
            Object.entries(attributes).map(([name, value]) => ({
              key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
              value,
            })),
          ),
          ...(memo !== undefined && { memo }),
          workflowTaskTimeout,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        }),
      )
    },
    async healthy() {
      try {
        await connection.withDeadline(Date.now() + 1_000, () => connection.healthService.check({}))
        return true
      } catch {
        // that it does not answer is all there is to say
        return false
      }
    },
    close: () => connection.close(),
  }
}

/** Whatever Temporal does not take now can be given again: every message of ours may come twice. */
async function reachable<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new NetworkError(`Temporal did not take the message: ${reason}`, { cause })
  }
}
