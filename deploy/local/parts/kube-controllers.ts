import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { answersOk } from '../probe.ts'
import type { Part } from '../supervise.ts'

const fast = ['--leader-elect=false', '--kube-api-qps=500', '--kube-api-burst=1000']

/** The controllers of Kubernetes itself; node lifecycle stays on, or the not-ready taint is never removed. */
export function kubeControllerManager(context: Context): Part {
  const { data, ports, programs, kubeconfig } = context
  return {
    name: 'kube-controller-manager',
    rank: 2,
    command: programs.command('kube', 'kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--service-account-private-key-file=${join(data, 'kube', 'sa.key')}`,
      '--use-service-account-credentials=false',
      '--controllers=*,-nodeipam,-route,-service-lb-controller',
      ...fast,
      ...serving(context, 'kube-controller-manager', ports.controllerManager),
    ],
    ready: () => healthy(context, 'kube-controller-manager', ports.controllerManager),
  }
}

/** Puts pods on the node. */
export function kubeScheduler(context: Context): Part {
  const { ports, programs, kubeconfig } = context
  return {
    name: 'kube-scheduler',
    rank: 2,
    command: programs.command('kube', 'kube-scheduler'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      ...fast,
      ...serving(context, 'kube-scheduler', ports.scheduler),
    ],
    ready: () => healthy(context, 'kube-scheduler', ports.scheduler),
  }
}

// their own default is all addresses and a fixed port
function serving({ data }: Context, name: string, port: number): readonly string[] {
  return [
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(data, 'kube', 'certs', name)}`,
  ]
}

async function healthy({ data }: Context, name: string, port: number): Promise<boolean> {
  const ca = join(data, 'kube', 'certs', name, `${name}.crt`)
  return existsSync(ca) && (await answersOk(`https://127.0.0.1:${port}/healthz`, ca))
}
