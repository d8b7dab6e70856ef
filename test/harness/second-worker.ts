import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { eventually } from './eventually.ts'
import type { Stack } from './stack.ts'

/** A worker beside the one that the stack supervises, as a second machine would run it. */
export type SecondWorker = {
  readonly pid: number
  /** Messages of its log so far. */
  readonly said: readonly string[]
  /** Settles when its log has this message. */
  whenSaid(message: string): Promise<unknown>
  /** Tells it to stop, and settles when it has ended. */
  stop(): Promise<void>
}

// a Lease has to expire, and what runs has to end
const patienceMs = 60_000
const root = resolve(import.meta.dirname, '..', '..')

/** Starts a worker with caches of its own on the same Kafka, Temporal and Kubernetes. */
export async function startSecondWorker({ endpoints }: Stack): Promise<SecondWorker> {
  const data = mkdtempSync(join(tmpdir(), 'driftless-worker-'))
  const child = spawn(process.execPath, [join(root, 'cli', 'main.ts'), 'worker'], {
    // ends with the tests
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      KAFKA_BROKERS: endpoints.kafka,
      TEMPORAL_ADDRESS: endpoints.temporal,
      KUBECONFIG: endpoints.kubeconfig,
      DRIFTLESS_NAMESPACE: endpoints.namespace,
      DRIFTLESS_DATA: data,
      DRIFTLESS_NETWORK_ALLOW: 'loopback',
    },
  })
  const said = messagesOf(child)
  const worker = {
    ...{ pid: child.pid ?? 0, said },
    whenSaid: (message: string) =>
      eventually(
        () => said,
        (messages) => messages.includes(message),
        patienceMs,
      ),
    async stop() {
      const ended = child.exitCode ?? child.signalCode ?? once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      rmSync(data, { recursive: true, force: true })
    },
  }
  await worker.whenSaid('ready')
  return worker
}

function messagesOf({ stdout }: ChildProcess): readonly string[] {
  const messages: string[] = []
  if (stdout === null) return messages
  createInterface({ input: stdout }).on('line', (line) => {
    // the SDK's own lines are no JSON
    if (line.startsWith('{')) messages.push(String((JSON.parse(line) as { msg?: string }).msg))
  })
  return messages
}
