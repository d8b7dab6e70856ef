import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker'
import type { Activities } from '../../activities/index.ts'
import { createTemporal, type SignalledStart } from '../../clients/temporal.ts'
import { type HistoryEvent, inputOf, readHistory, timersOf } from './history.ts'
import { temporalNamespace } from './temporal.ts'

const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url))
const quiet = new DefaultLogger('ERROR', () => undefined)

/** Real workflows on a real Temporal; only what they do to the world is written by hand. */
export type WorkflowWorld = {
  /** Signals the workflow, and starts it when it is not running. */
  send(message: Message): Promise<void>
  /** Starts a run with an input of its own, as a run before it would have left it. */
  start(workflow: string, id: string, input: unknown): Promise<void>
  /** The result of the workflow once nothing is left to do, through all of its runs. */
  result(id: string): Promise<unknown>
  /** How the newest run stands: `RUNNING`, `COMPLETED`, `FAILED` … */
  statusOf(id: string): Promise<string>
  /** The events of its newest run and of those that it continues, the oldest first. */
  runs(id: string): Promise<readonly (readonly HistoryEvent[])[]>
  /** What each of those runs was started with. */
  inputs<T>(id: string): Promise<readonly T[]>
  /** How long each timer of the newest run waits, in ms. */
  timers(id: string): Promise<readonly number[]>
  /** Ends a workflow that waits; the test has seen what it wanted. */
  terminate(id: string): Promise<void>
  close(): Promise<void>
}
export type Message = Pick<SignalledStart, 'workflow' | 'id' | 'input' | 'signal' | 'message'>
type Scripted = { readonly [Name in keyof Activities]?: Activities[Name] }

let bundle: ReturnType<typeof bundleWorkflowCode> | undefined

/** Runs a worker for these activities on this task queue, or one of its own, until `close`. */
export async function createWorld(
  address: string,
  activities: Scripted,
  taskQueue = `test-${randomUUID()}`,
): Promise<WorkflowWorld> {
  bundle ??= bundleOurs()
  const connection = await NativeConnection.connect({ address })
  const temporal = await createTemporal(address, temporalNamespace)
  const worker = await Worker.create({
    connection,
    namespace: temporalNamespace,
    taskQueue,
    workflowBundle: await bundle,
    activities,
    shutdownForceTime: '5s',
  })
  const running = worker.run()
  const { client } = temporal
  const options = { taskQueue, summary: 'test', attributes: {} }
  return {
    send: (message) => temporal.signalWithStart({ ...message, ...options }),
    async start(workflow, id, input) {
      await client.workflow.start(workflow, { workflowId: id, taskQueue, args: [input] })
    },
    result: (id) => client.workflow.getHandle(id).result(),
    statusOf: async (id) => (await client.workflow.getHandle(id).describe()).status.name,
    runs: (id) => readHistory(client, id),
    inputs: async <T>(id: string) => (await readHistory(client, id)).map(inputOf<T>),
    timers: async (id) => timersOf((await readHistory(client, id)).at(-1) ?? []),
    async terminate(id) {
      await client.workflow.getHandle(id).terminate('the test has seen enough')
    },
    async close() {
      worker.shutdown()
      await running
      await Promise.all([temporal.close(), connection.close()])
    },
  }
}

async function bundleOurs() {
  Runtime.install({ shutdownSignals: [], logger: quiet })
  return await bundleWorkflowCode({ workflowsPath, logger: quiet })
}
