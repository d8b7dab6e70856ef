import type { Manifest } from '../core/manifest/manifest.ts'
import { createReflector } from './kube/reflector.ts'
import type { KubeTransport } from './kube/transport.ts'

/** The settings that an operator keeps in the ConfigMap `argocd-cm` of the control namespace, as they are now. */
export type OperatorSettings = {
  /** Settles when they are known. */
  readonly synced: Promise<void>
  get(key: string): string | undefined
  stop(): void
}

const name = 'argocd-cm'

/** Follows the ConfigMap; like Argo CD only one that carries its label. */
export function createOperatorSettings(
  transport: KubeTransport,
  namespace: string,
  onError: (error: unknown) => void,
): OperatorSettings {
  let data: Readonly<Record<string, string>> = {}
  const isOurs = ({ metadata }: Manifest) => metadata.name === name
  const reflector = createReflector({
    transport,
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    labelSelector: 'app.kubernetes.io/part-of=argocd',
    onChange: (object) => {
      if (isOurs(object)) data = (object.data ?? {}) as Record<string, string>
    },
    onDelete: (object) => {
      if (isOurs(object)) data = {}
    },
    onList: (objects) => {
      if (!objects.some(isOurs)) data = {}
    },
    onError,
  })
  return { synced: reflector.synced, get: (key) => data[key], stop: reflector.stop }
}
