import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { providePrograms } from '../../deploy/local/build/programs.ts'
import { readExternal } from '../../deploy/local/external.ts'
import { writeKubeconfig } from '../../deploy/local/kubeconfig.ts'
import { etcd } from '../../deploy/local/parts/etcd.ts'
import { kubeApiserver, kubeCaFile } from '../../deploy/local/parts/kube-apiserver.ts'
import { kubeControllerManager } from '../../deploy/local/parts/kube-controllers.ts'
import { choosePorts } from '../../deploy/local/ports.ts'
import { provideKubeFiles, provideSecrets } from '../../deploy/local/secrets.ts'
import { createContext } from '../../deploy/local/stack.ts'
import { Supervisor } from '../../deploy/local/supervise.ts'
import { makeCertificate } from './certificate.ts'
import { createKubeClient, type KubeClient } from './kube.ts'

/** A second API server with an etcd of its own and nothing else: no node, and no controller unless one is wanted. */
export type SecondCluster = {
  readonly server: string
  readonly port: number
  readonly kube: KubeClient
  /** Of its admin, with one context. */
  readonly kubeconfig: string
  /** `config` of its Secret, with the token of its admin. */
  readonly byToken: ClusterConfig
  /** The same with a client certificate of an admin. */
  readonly byCertificate: ClusterConfig
  stop(): Promise<void>
}

type ClusterConfig = {
  readonly bearerToken?: string
  readonly tlsClientConfig: Readonly<Record<string, string>>
}

/** Starts it on free ports of this machine, with the controllers of Kubernetes where a test needs them. */
export async function startSecondCluster({ controllers = false } = {}): Promise<SecondCluster> {
  const data = mkdtempSync(join(tmpdir(), 'driftless-second-cluster-'))
  mkdirSync(join(data, 'logs'))
  const programs = await providePrograms(readExternal(), AbortSignal.timeout(60_000))
  const ports = await choosePorts(join(data, 'ports.json'), 0)
  const secrets = provideSecrets(data)
  const context = createContext(
    { data, ports, etcdFsync: false },
    programs,
    secrets,
    readExternal(),
  )
  const admin = makeCertificate('second/O=system:masters')
  const clientCa = join(data, 'client-ca.pem')
  writeFileSync(clientCa, admin.cert)
  const supervisor = new Supervisor({
    ...{ logs: join(data, 'logs'), say: () => undefined, changed: () => undefined },
  })
  provideKubeFiles(data, secrets)
  await supervisor.start(etcd(context))
  const apiserver = kubeApiserver(context)
  await supervisor.start({
    ...apiserver,
    args: [...apiserver.args, `--client-ca-file=${clientCa}`],
  })
  const server = `https://127.0.0.1:${ports.kube}`
  const kubeconfig = join(data, 'kubeconfig')
  writeKubeconfig(kubeconfig, server, kubeCaFile(data), secrets.kubeToken)
  if (controllers) await supervisor.start(kubeControllerManager(context))
  const kube = createKubeClient(kubeconfig)
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64')
  const caData = base64(readFileSync(kubeCaFile(data), 'utf8'))
  return {
    ...{ server, port: ports.kube, kube, kubeconfig },
    byToken: { bearerToken: secrets.kubeToken, tlsClientConfig: { caData } },
    byCertificate: {
      tlsClientConfig: { caData, certData: base64(admin.cert), keyData: base64(admin.key) },
    },
    async stop() {
      await kube.close()
      await supervisor.stop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Where the Secrets of the control namespace are. */
export const secretsPath = '/api/v1/namespaces/argocd/secrets'

/** The Secret of a cluster, as a user writes it. */
export function clusterSecret(
  name: string,
  { server, config, ...more }: { readonly server: string; readonly config: object },
) {
  return {
    ...{ apiVersion: 'v1', kind: 'Secret' },
    metadata: { name, labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
    stringData: { name, server, config: JSON.stringify(config), ...more },
  }
}
