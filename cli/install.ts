import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createKafkaBus } from '../clients/bus.ts'
import { connect } from '../clients/kube/connection.ts'
import { installCrds } from '../clients/kube/crds.ts'
import { createTransport, type KubeTransport } from '../clients/kube/transport.ts'
import { createTemporal } from '../clients/temporal.ts'
import { prepareNamespace } from '../clients/temporal-namespace.ts'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { parseManifests } from '../core/manifest/yaml.ts'
import { defaultProjectSpec } from '../core/project.ts'
import { searchAttributes } from '../workflows/contract.ts'
import { type Config, readConfig } from './config.ts'
import { createLogger } from './log.ts'

const crdFiles = ['application', 'appproject']

/** Creates what Driftless needs in Kubernetes, Kafka and Temporal; what is there already stays. */
export async function runInstall({ adoptCrds }: { readonly adoptCrds: boolean }): Promise<void> {
  const config = readConfig()
  const log = createLogger('install', config.logLevel)
  const onError = (error: unknown): void =>
    log.warn({ error: String(error) }, 'will be tried again')
  const transport = createTransport(await connect(config.kubeconfig))
  const bus = createKafkaBus({ brokers: config.brokers, clientId: config.identity, onError })
  const temporal = await createTemporal(config.temporalAddress, config.temporalNamespace)
  try {
    await Promise.all([
      installKubernetes(transport, config, adoptCrds, (message) => log.warn(message)),
      bus.createTopics(),
      prepareNamespace(temporal, config.temporalNamespace, searchAttributes),
    ])
    log.info('installed')
  } finally {
    await Promise.allSettled([bus.close(), temporal.close(), transport.close()])
  }
}

async function installKubernetes(
  transport: KubeTransport,
  { namespace }: Config,
  adoptCrds: boolean,
  warn: (message: string) => void,
): Promise<void> {
  const crds = await Promise.all(crdFiles.map(readCrd))
  await installCrds(transport, crds.flat(), { adopt: adoptCrds, warn })
  await createIfMissing(transport, '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  })
  // PROJ-14: it exists from the start and may be edited
  await createIfMissing(
    transport,
    `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/appprojects`,
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default' },
      spec: defaultProjectSpec,
    },
  )
}

async function readCrd(name: string): Promise<readonly Manifest[]> {
  const file = fileURLToPath(new URL(`../deploy/crds/${name}.yaml`, import.meta.url))
  return parseManifests(await readFile(file, 'utf8'), file).map(({ manifest }) => manifest)
}

async function createIfMissing(
  transport: KubeTransport,
  path: string,
  body: Manifest,
): Promise<void> {
  try {
    await transport.request(`${path}/${body.metadata.name}`)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
    await transport.request(path, { method: 'POST', body }).catch((conflict: unknown) => {
      // another start was faster
      if (!(conflict instanceof ConflictError)) throw conflict
    })
  }
}
