import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Context } from '../context.ts'
import type { Part } from '../supervise.ts'

/** The processes of Driftless itself. */
export const driftlessParts = ['api', 'events', 'worker'] as const

/** A burst makes much that is soon forgotten: with a larger nursery it is collected less often. */
function workerFlags(compiled: string): readonly string[] {
  const preload = pathToFileURL(join(compiled, 'cli', 'workflow-thread.js')).href
  return ['--max-semi-space-size=64', '--import', preload]
}

/** One process of Driftless: ready when it says so in its log. */
export function driftless(
  name: (typeof driftlessParts)[number],
  compiled: string,
  context: Context,
): Part {
  return {
    name,
    rank: 3,
    channel: true,
    command: process.execPath,
    args: [
      ...(name === 'worker' ? workerFlags(compiled) : []),
      join(compiled, 'cli', 'main.js'),
      name,
    ],
    cwd: compiled,
    env: driftlessEnvironment(context),
    ready: async (log) => log().includes('"msg":"ready"'),
  }
}

/** How Driftless finds the stack. */
export function driftlessEnvironment(context: Context): Readonly<Record<string, string>> {
  const { data, ports, programs, kubeconfig, kafka, temporal } = context
  const tools = [programs.folders.helm, programs.folders.jsonnet].filter((folder) => folder)
  return {
    KAFKA_BROKERS: kafka,
    TEMPORAL_ADDRESS: temporal,
    KUBECONFIG: kubeconfig,
    DRIFTLESS_NAMESPACE: process.env.DRIFTLESS_NAMESPACE ?? 'argocd',
    DRIFTLESS_PORT: String(ports.api),
    DRIFTLESS_DATA: join(data, 'driftless'),
    DRIFTLESS_NETWORK_ALLOW: 'loopback',
    DRIFTLESS_PLUGINS: join(data, 'plugins'),
    DRIFTLESS_TEMPORAL_UI: `http://127.0.0.1:${ports.temporalUi}`,
    PATH: [...tools, process.env.PATH].join(':'),
  }
}
