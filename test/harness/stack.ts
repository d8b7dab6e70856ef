import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Endpoints, endpointsFile } from '../../deploy/local/endpoints.ts'
import { createKubeClient, type KubeClient } from './kube.ts'

export type StackOptions = {
  /** Where state is kept; without it a folder that `stop` removes. */
  readonly dir?: string
  /** False: Kafka, Temporal and Kubernetes only. */
  readonly driftless?: boolean
  readonly etcdNoFsync?: boolean
  readonly demo?: boolean
  /** Empties `dir` first. */
  readonly fresh?: boolean
  /** Further environment for all processes. */
  readonly env?: Readonly<Record<string, string>>
}

/** A running local stack of its own. */
export type Stack = {
  /** As they are now: a restarted part has a new pid. */
  readonly endpoints: Endpoints
  readonly kube: KubeClient
  readonly dir: string
  /** `kill -9` of one part; the supervisor starts it again. */
  kill(part: string): void
  /** What the stack printed so far. */
  output(): string
  stop(): Promise<void>
}

const root = resolve(import.meta.dirname, '..', '..')
const pollMs = 50

/** Starts the real local stack with its own data and ports, and waits until all of it is ready. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'driftless-stack-'))
  const child = spawnStack(dir, options)
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const ended = new Promise<number>((done) => child.once('exit', (code) => done(code ?? 1)))
  const file = endpointsFile(dir)
  const running = await Promise.race([ended, untilExists(file, child)])
  if (running !== true) throw new Error(`the stack ended with ${running}:\n${output}`)
  const endpoints = (): Endpoints => JSON.parse(readFileSync(file, 'utf8')) as Endpoints
  const kube = createKubeClient(endpoints().kubeconfig)
  return {
    get endpoints() {
      return endpoints()
    },
    ...{ kube, dir, output: () => output },
    kill(part) {
      const pid = endpoints().pids[part]
      if (pid === undefined) throw new Error(`no part ${part} is running`)
      process.kill(pid, 'SIGKILL')
    },
    async stop() {
      await kube.close()
      child.kill('SIGTERM')
      await ended
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true })
    },
  }
}

function spawnStack(dir: string, options: StackOptions): ChildProcess {
  const { driftless = true, etcdNoFsync = true, demo = false, fresh = false, env = {} } = options
  const args = [
    ...[join(root, 'deploy', 'local', 'main.ts'), '--data', dir, '--port', '0'],
    ...(driftless ? [] : ['--stack-only']),
    ...(demo ? [] : ['--no-demo']),
    ...(etcdNoFsync ? ['--etcd-no-fsync'] : []),
    ...(fresh ? ['--fresh'] : []),
  ]
  const { KAFKA_BROKERS: _, TEMPORAL_ADDRESS: __, KUBECONFIG: ___, ...inherited } = process.env
  return spawn(process.execPath, args, {
    cwd: root,
    // through the channel the stack notices when the tests are gone
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...inherited, ...env },
  })
}

async function untilExists(file: string, child: ChildProcess): Promise<true> {
  while (!existsSync(file) && child.exitCode === null) await delay(pollMs)
  // a process that ended is told by its exit code
  if (!existsSync(file)) await new Promise(() => undefined)
  return true
}
