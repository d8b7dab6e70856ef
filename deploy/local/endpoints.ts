import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from './context.ts'
import { writePrivate } from './files.ts'

/** What tools from outside rely on: `endpoints.json` of the data folder, while everything runs. */
export type Endpoints = {
  readonly api: string
  /** Of the user admin; empty when it was changed and only its owner knows it. */
  readonly adminPassword: string
  readonly temporal: string
  /** Null when Temporal is run by somebody else. */
  readonly temporalUi: string | null
  readonly kafka: string
  readonly kubeconfig: string
  readonly namespace: string
  /** The demo repository; null without the demo. */
  readonly git: string | null
  readonly gitToken: string | null
  /** Every child process. */
  readonly pids: Readonly<Record<string, number>>
}

type Started = {
  readonly demo: boolean
  readonly temporalUi: boolean
  readonly adminPassword: string
}

/** The addresses of this start. */
export function endpointsOf(
  context: Context,
  { demo, temporalUi, adminPassword }: Started,
  pids: Readonly<Record<string, number>>,
): Endpoints {
  const { ports, secrets, kubeconfig, kafka, temporal } = context
  return {
    api: `http://127.0.0.1:${ports.api}`,
    adminPassword,
    temporal,
    temporalUi: temporalUi ? `http://127.0.0.1:${ports.temporalUi}` : null,
    kafka,
    kubeconfig,
    namespace: process.env.DRIFTLESS_NAMESPACE ?? 'argocd',
    git: demo ? `http://127.0.0.1:${ports.git}/demo.git` : null,
    gitToken: demo ? secrets.gitToken : null,
    pids,
  }
}

/** Publishes the addresses; only the owner can read them. */
export function writeEndpoints(data: string, endpoints: Endpoints): void {
  writePrivate(endpointsFile(data), `${JSON.stringify(endpoints, undefined, 2)}\n`)
}

/** Takes the addresses back. */
export function removeEndpoints(data: string): void {
  rmSync(endpointsFile(data), { force: true })
}

/** Where the addresses are. */
export function endpointsFile(data: string): string {
  return join(data, 'endpoints.json')
}
