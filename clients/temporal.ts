import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
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
  /** How many workflows are open whose tasks go to this queue; the newest may not be counted yet. */
  countOpen(taskQueue: string): Promise<number>
  healthy(): Promise<boolean>
  close(): Promise<void>
}

const workflowTaskTimeout = '5 seconds'
// a Temporal that takes everything and answers nothing
const patienceMs = 10_000
// about a second: whoever hands a message over repeats it himself, and people wait for an answer
const maxAttempts = 4
// grpc's own pause between two connections grows to two minutes, which an outage of seconds would last then
const reconnecting = {
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
}

export async function createTemporal(address: string, namespace: string): Promise<Temporal> {
  const connection = Connection.lazy({
    address,
    channelArgs: reconnecting,
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts }))],
  })
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
      const deadline = Date.now() + patienceMs
      await reachable(
        connection.withDeadline(deadline, () =>
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
        ),
      )
    },
    async countOpen(taskQueue) {
      const query = `ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'`
      return await reachable(client.workflow.count(query).then(({ count }) => count))
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
    throw new NetworkError(`Temporal did not take the message: ${reasonOf(cause)}`, { cause })
  }
}

/** The client wraps what gRPC said, and only that names the address and what is wrong with it. */
function reasonOf(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : reasonOf(error.cause)
}
