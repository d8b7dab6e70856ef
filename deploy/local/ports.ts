import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { readJson, writePrivate } from './files.ts'
import { StartError } from './start-error.ts'

const names = [
  'etcd',
  'etcdPeer',
  'kube',
  'controllerManager',
  'scheduler',
  'kwok',
  'temporal',
  'temporalUi',
  'kafka',
  'kafkaController',
  'git',
] as const

export type Ports = Readonly<Record<(typeof names)[number] | 'api', number>>

// below the range from which systems take the ports of outgoing connections
const lowest = 20_000
const highest = 32_000

const Kept = z.record(z.string(), z.number().int())

/**
 * The ports of this start. Those of the last start are taken again where they are free, so that
 * addresses in people's notes and in Applications stay true.
 */
export async function choosePorts(file: string, apiPort: number): Promise<Ports> {
  const kept = Kept.catch({}).parse(readJson(file))
  const api = apiPort === 0 ? await stable(kept.api) : apiPort
  if (!(await isFree(api))) {
    throw new StartError(
      `port ${api} of the API is in use by another process: stop that, or choose another with \`npm start -- --port N\``,
    )
  }
  const ports: Record<string, number> = { api }
  const taken = new Set([api])
  for (const name of names) {
    const port = await stable(kept[name], taken)
    taken.add(port)
    ports[name] = port
  }
  writePrivate(file, JSON.stringify(ports))
  return ports as Ports
}

/** Whether 127.0.0.1 can be listened on at this port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)))
  })
}

/** Waits until all are free again; false when one is still in use after that time. */
export async function untilFree(ports: readonly number[], patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs
  for (const port of ports) {
    while (!(await isFree(port))) {
      if (Date.now() > deadline) return false
      await delay(100)
    }
  }
  return true
}

async function stable(kept: number | undefined, taken?: ReadonlySet<number>): Promise<number> {
  if (kept !== undefined && taken?.has(kept) !== true && (await isFree(kept))) return kept
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (taken?.has(port) !== true && (await isFree(port))) return port
  }
}
