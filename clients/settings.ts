import { type Customizations, noCustomizations, readCustomizations } from '../core/customization.ts'
import { InvalidSpecError } from '../core/errors.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { createReflector } from './kube/reflector.ts'
import type { KubeTransport } from './kube/transport.ts'

/** The settings that an operator keeps in ConfigMaps of the control namespace, as they are now. */
export type OperatorSettings = {
  /** Settles when they are known. */
  readonly synced: Promise<void>
  get(key: string): string | undefined
  /** What they say of kinds; what cannot be read is told and left out. */
  customizations(): Customizations
  stop(): void
}

const name = 'argocd-cm'
/** Where Argo CD keeps what its processes are started with. */
const ofProcesses = 'argocd-cmd-params-cm'

type Data = Readonly<Record<string, string>>

/** Follows the ConfigMaps; like Argo CD only those that carry its label. */
export function createOperatorSettings(
  transport: KubeTransport,
  namespace: string,
  onError: (error: unknown) => void,
): OperatorSettings {
  const data = new Map<string, Data>()
  let read = noCustomizations
  const set = (map: string, found: Data): void => {
    data.set(map, found)
    if (map !== name) return
    read = readCustomizations(found)
    for (const problem of read.problems) onError(new InvalidSpecError(`${name}: ${problem}`))
  }
  const oursIn = ({ metadata }: Manifest) =>
    [name, ofProcesses].find((map) => map === metadata.name)
  const reflector = createReflector({
    transport,
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    labelSelector: 'app.kubernetes.io/part-of=argocd',
    onChange: (object) => {
      const map = oursIn(object)
      if (map !== undefined) set(map, (object.data ?? {}) as Data)
    },
    onDelete: (object) => {
      const map = oursIn(object)
      if (map !== undefined) set(map, {})
    },
    onList: (objects) => {
      const listed = objects.map(oursIn)
      for (const map of [name, ofProcesses]) if (!listed.includes(map)) set(map, {})
    },
    onError,
  })
  return {
    synced: reflector.synced,
    get: (key) => data.get(name)?.[key] ?? data.get(ofProcesses)?.[key],
    customizations: () => read,
    stop: reflector.stop,
  }
}
