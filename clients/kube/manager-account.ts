import {
  type Manager,
  managerName,
  managerObjects,
  managerPath,
  managerToken,
} from '../../core/cluster/manager.ts'
import { NetworkError } from '../../core/errors.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { secretData } from '../../core/manifest/secret.ts'
import { createReflector } from './reflector.ts'
import type { KubeTransport } from './transport.ts'
import { unlessGone } from './unless-gone.ts'

const tokenPatienceMs = 30_000
const label = { 'app.kubernetes.io/managed-by': 'driftless' }

/** Called with each object and what became of it, as kubectl says it. */
export type Told = (
  object: string,
  outcome: 'created' | 'configured' | 'unchanged' | 'deleted',
) => void

/**
 * Makes the account by which Driftless works in a cluster, and gives its token (CLUS-04). What is
 * there already is brought to the same state, so a call that was cut off can be repeated.
 */
export async function installManager(
  transport: KubeTransport,
  manager: Manager,
  tell: Told,
): Promise<string> {
  for (const object of managerObjects(manager)) await apply(transport, object, tell)
  return await tokenIn(transport, manager.systemNamespace)
}

/** Takes it away again; what is not there is left out. */
export async function removeManager(
  transport: KubeTransport,
  manager: Manager,
  tell: Told,
): Promise<void> {
  for (const object of managerObjects(manager).toReversed()) {
    const gone = await unlessGone(transport.request(managerPath(object), { method: 'DELETE' }))
    if (gone !== undefined) tell(managerName(object), 'deleted')
  }
}

async function apply(transport: KubeTransport, object: Manifest, tell: Told): Promise<void> {
  const path = managerPath(object)
  const before = await unlessGone(transport.request<Manifest>(path))
  const { metadata } = await transport.request<Manifest>(path, {
    method: 'PATCH',
    contentType: 'application/apply-patch+yaml',
    query: { fieldManager: 'driftless', force: 'true' },
    body: { ...object, metadata: { ...object.metadata, labels: label } },
  })
  const isSame = before?.metadata.resourceVersion === metadata.resourceVersion
  tell(managerName(object), before === undefined ? 'created' : isSame ? 'unchanged' : 'configured')
}

/** The cluster makes the token some time after the Secret. */
async function tokenIn(transport: KubeTransport, namespace: string): Promise<string> {
  const found = Promise.withResolvers<string>()
  const look = (object: Manifest): void => {
    const token = object.metadata.name === managerToken && secretData(object).get('token')
    if (token) found.resolve(token)
  }
  const reflector = createReflector({
    ...{ transport, path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets` },
    labelSelector: Object.entries(label).flat().join('='),
    ...{ onChange: look, onDelete: () => undefined, onList: () => undefined },
    onError: found.reject,
  })
  const late = setTimeout(() => {
    found.reject(
      new NetworkError(
        `${transport.server} makes no token for its service account: nothing fills the Secret ${namespace}/${managerToken}; is its kube-controller-manager running?`,
      ),
    )
  }, tokenPatienceMs)
  try {
    return await found.promise
  } finally {
    clearTimeout(late)
    reflector.stop()
  }
}
