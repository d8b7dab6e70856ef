import { join } from 'node:path'
import type { Programs } from './build/programs.ts'
import { createNode } from './cluster.ts'
import type { Context } from './context.ts'
import type { External } from './external.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { etcd } from './parts/etcd.ts'
import { kafka, prepareKafka } from './parts/kafka.ts'
import { kubeApiserver, kubeCaFile } from './parts/kube-apiserver.ts'
import { kubeControllerManager, kubeScheduler } from './parts/kube-controllers.ts'
import { kwok } from './parts/kwok.ts'
import { temporal } from './parts/temporal.ts'
import type { Ports } from './ports.ts'
import { beginStep } from './progress.ts'
import { provideKubeFiles, type Secrets } from './secrets.ts'
import type { Part, Supervisor } from './supervise.ts'

/** Joins what one start decided; parts of others keep their own addresses. */
export function createContext(
  decided: { readonly data: string; readonly etcdFsync: boolean; readonly ports: Ports },
  programs: Programs,
  secrets: Secrets,
  external: External,
): Context {
  const { data, ports } = decided
  return {
    ...decided,
    programs,
    secrets,
    kubeconfig: external.kubeconfig ?? join(data, 'kubeconfig'),
    kafka: external.kafka ?? `127.0.0.1:${ports.kafka}`,
    temporal: external.temporal ?? `127.0.0.1:${ports.temporal}`,
  }
}

/** Brings up Kubernetes, Temporal and Kafka side by side, except those that others run. */
export async function bringUp(
  context: Context,
  external: External,
  supervisor: Supervisor,
  signal: AbortSignal,
): Promise<void> {
  const start = (part: Part): Promise<void> => startShown(supervisor, part)
  await Promise.all([
    external.kubeconfig === undefined && bringUpKubernetes(context, start),
    external.temporal === undefined && start(temporal(context)),
    external.kafka === undefined && prepareKafka(context, signal).then(() => start(kafka(context))),
  ])
}

/** Starts one part and says so in one line. */
export async function startShown(supervisor: Supervisor, part: Part): Promise<void> {
  const step = beginStep(part.name)
  try {
    await supervisor.start(part)
    step.done()
  } finally {
    step.failed()
  }
}

async function bringUpKubernetes(
  context: Context,
  start: (part: Part) => Promise<void>,
): Promise<void> {
  const { data, ports, secrets, kubeconfig } = context
  provideKubeFiles(data, secrets)
  await start(etcd(context))
  await start(kubeApiserver(context))
  const server = `https://127.0.0.1:${ports.kube}`
  writeKubeconfig(kubeconfig, server, kubeCaFile(data), secrets.kubeToken)
  await Promise.all([
    createNode(kubeconfig),
    start(kubeControllerManager(context)),
    start(kubeScheduler(context)),
    start(kwok(context)),
  ])
}
