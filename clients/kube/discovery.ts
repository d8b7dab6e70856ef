import { setTimeout as delay } from 'node:timers/promises'
import { UnknownKindError } from '../../core/errors.ts'
import type { KubeTransport } from './transport.ts'

/** Where objects of one kind live in the API. */
export type Resource = {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
}

/** Knows the kinds that the cluster serves; asks again (at most every two seconds) for one it does not know. */
export type Discovery = {
  /** The kind in this very version; throws UnknownKindError. */
  resource(apiVersion: string, kind: string): Promise<Resource>
  /** The kind in the version the server prefers. */
  preferred(group: string, kind: string): Promise<Resource>
  /** Asks until all of these, as `group/version/kind`, are served, for so long at most; says whether they are. */
  appear(kinds: readonly string[], withinMs: number): Promise<boolean>
  /** Every kind that is served. */
  kinds(): Promise<readonly Pick<Resource, 'group' | 'kind'>[]>
  /** Every `group/version` and `group/version/kind` that is served. */
  apiVersions(): Promise<readonly string[]>
  /** From what is known now, without asking. */
  scopeOf(group: string, kind: string): 'namespaced' | 'cluster' | undefined
}

type Served = {
  readonly byVersion: Map<string, Resource>
  readonly preferred: Map<string, Resource>
}

const askAgainAfterMs = 2_000
const appearPauseMs = 100
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

export function createDiscovery(transport: KubeTransport): Discovery {
  let served: Promise<Served> | undefined
  let known: Served | undefined
  let askedAt = 0

  const ask = async (): Promise<Served> => {
    askedAt = Date.now()
    served = readServed(transport)
    try {
      known = await served
      return known
    } catch (error) {
      served = undefined
      throw error
    }
  }
  const find = async (pick: (from: Served) => Resource | undefined, name: string) => {
    const first = pick(await (served ?? ask()))
    if (first !== undefined) return first
    const again = Date.now() - askedAt > askAgainAfterMs ? pick(await ask()) : undefined
    if (again !== undefined) return again
    throw new UnknownKindError(
      `the cluster has no kind ${name}; install its CustomResourceDefinition or correct apiVersion and kind`,
    )
  }
  return {
    resource: (apiVersion, kind) =>
      find((from) => from.byVersion.get(`${apiVersion}/${kind}`), `${kind} (${apiVersion})`),
    preferred: (group, kind) =>
      find(
        (from) => from.preferred.get(`${group}/${kind}`),
        group === '' ? kind : `${kind}.${group}`,
      ),
    async appear(kinds, withinMs) {
      const until = Date.now() + withinMs
      for (;;) {
        const { byVersion } = await ask()
        if (kinds.every((kind) => byVersion.has(kind))) return true
        if (Date.now() >= until) return false
        await delay(appearPauseMs)
      }
    },
    async kinds() {
      const { preferred } = await (served ?? ask())
      return [...preferred.values()].map(({ group, kind }) => ({ group, kind }))
    },
    async apiVersions() {
      const { byVersion } = await (served ?? ask())
      const kinds = [...byVersion.keys()].sort()
      return [...new Set([...byVersion.values()].map(apiVersionOf)), ...kinds]
    },
    scopeOf(group, kind) {
      const found = known?.preferred.get(`${group}/${kind}`)
      if (found === undefined) return undefined
      return found.namespaced ? 'namespaced' : 'cluster'
    },
  }
}

type GroupDiscovery = {
  readonly metadata?: { readonly name?: string }
  readonly versions?: readonly {
    readonly version: string
    readonly resources?: readonly {
      readonly resource: string
      readonly scope: string
      readonly responseKind?: { readonly kind?: string }
    }[]
  }[]
}

async function readServed(transport: KubeTransport): Promise<Served> {
  const answers = await Promise.all(
    ['/api', '/apis'].map((path) =>
      transport.request<{ items?: readonly GroupDiscovery[] }>(path, { accept: aggregated }),
    ),
  )
  const byVersion = new Map<string, Resource>()
  const preferred = new Map<string, Resource>()
  for (const resource of answers.flatMap((answer) => (answer.items ?? []).flatMap(resourcesOf))) {
    byVersion.set(`${apiVersionOf(resource)}/${resource.kind}`, resource)
    // the server lists the preferred version of a group first
    const name = `${resource.group}/${resource.kind}`
    if (!preferred.has(name)) preferred.set(name, resource)
  }
  return { byVersion, preferred }
}

function resourcesOf(group: GroupDiscovery): readonly Resource[] {
  return (group.versions ?? []).flatMap((version) =>
    (version.resources ?? []).map((entry) => ({
      group: group.metadata?.name ?? '',
      version: version.version,
      kind: entry.responseKind?.kind ?? '',
      plural: entry.resource,
      namespaced: entry.scope === 'Namespaced',
    })),
  )
}

/** As manifests name it: `group/version`, or the version alone for the core group. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`
}

/** The path of a kind's collection, or of one object of it. */
export function pathOf(resource: Resource, namespace?: string, name?: string): string {
  const root = resource.group === '' ? '/api/v1' : `/apis/${resource.group}/${resource.version}`
  const inside =
    resource.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`
  return `${root}${inside}/${resource.plural}${object}`
}
