import { groupOf } from '../manifest/key.ts'
import type { Json, Manifest } from '../manifest/manifest.ts'

/** By the name of the list: the fields that tell its elements apart, as the API of the built-in kinds has them. */
const keys: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    containers: ['name'],
    initContainers: ['name'],
    ephemeralContainers: ['name'],
    env: ['name'],
    volumes: ['name'],
    volumeMounts: ['mountPath'],
    volumeDevices: ['devicePath'],
    ports: ['containerPort', 'port'],
    imagePullSecrets: ['name'],
    secrets: ['name'],
    hostAliases: ['ip'],
    addresses: ['ip'],
    notReadyAddresses: ['ip'],
    topologySpreadConstraints: ['topologyKey'],
    webhooks: ['name'],
  }),
)

/** Whether the kind is one of Kubernetes itself, whose lists and quantities we know. */
export function isBuiltIn({ apiVersion }: Manifest): boolean {
  const group = groupOf(apiVersion)
  return !group.includes('.') || group.endsWith('.k8s.io')
}

/** The element of the live list that the declared one means; undefined when there is none. */
export function counterpart(name: string, element: Json, live: readonly Json[]): Json | undefined {
  const key = keyOf(name, element)
  if (key === undefined) return undefined
  const { protocol } = fieldsOf(element)
  return live.find((other) => {
    const fields = fieldsOf(other)
    const isOther = protocol !== undefined && fields.protocol !== undefined
    return fields[key] === fieldsOf(element)[key] && (!isOther || fields.protocol === protocol)
  })
}

/** Whether elements of the list are told apart by a key, and all of these have it. */
export function isKeyed(name: string, elements: readonly Json[]): boolean {
  return elements.length > 0 && elements.every((element) => keyOf(name, element) !== undefined)
}

function keyOf(name: string, element: Json): string | undefined {
  const fields = fieldsOf(element)
  return keys.get(name)?.find((key) => fields[key] !== undefined)
}

function fieldsOf(element: Json): Readonly<Record<string, Json>> {
  return typeof element === 'object' && element !== null && !Array.isArray(element)
    ? (element as Readonly<Record<string, Json>>)
    : {}
}
