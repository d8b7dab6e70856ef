import { type Customizations, noCustomizations, readCustomizations } from '../core/customization.ts'
import { InvalidSpecError } from '../core/errors.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { createReflector } from './kube/reflector.ts'
import type { KubeTransport } from './kube/transport.ts'

/** The settings that an operator keeps in the ConfigMap `argocd-cm` of the control namespace, as they are now. */
export type OperatorSettings = {
  /** Settles when they are known. */
  readonly synced: Promise<void>
  get(key: string): string | undefined
  /** What they say of kinds; what cannot be read is told and left out. */
  customizations(): Customizations
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
  let read = noCustomizations
  const set = (found: Readonly<Record<string, string>>): void => {
    data = found
    read = readCustomizations(found)
    for (const problem of read.problems) onError(new InvalidSpecError(`${name}: ${problem}`))
  }
  const isOurs = ({ metadata }: Manifest) => metadata.name === name
  const reflector = createReflector({
    transport,
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    labelSelector: 'app.kubernetes.io/part-of=argocd',
    onChange: (object) => {
      if (isOurs(object)) set((object.data ?? {}) as Record<string, string>)
    },
    onDelete: (object) => {
      if (isOurs(object)) set({})
    },
    onList: (objects) => {
      if (!objects.some(isOurs)) set({})
    },
    onError,
  })
  return {
    synced: reflector.synced,
    get: (key) => data[key],
    customizations: () => read,
    stop: reflector.stop,
  }
}
