import { groupOf, type ResourceKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { quantityOf } from '../manifest/quantity.ts'

/** How much of what a quota limits: `count/deployments.apps` → 1, `requests.storage` → bytes. */
export type Demand = Readonly<Record<string, number>>

/** An object that a plan creates, in the order of the plan. */
export type Creation = { readonly key: ResourceKey; readonly demand: Demand }
export type QuotaRefusal = { readonly key: ResourceKey; readonly message: string }

const countedByName = new Set([
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
])

/**
 * What the API server counts against a quota when the object is created: objects, ports of Services
 * and storage. What the pods of a workload ask for is counted when its controller creates them.
 */
export function demandOf(manifest: Manifest, plural: string): Demand {
  const group = groupOf(manifest.apiVersion)
  return {
    [`count/${plural}${group === '' ? '' : `.${group}`}`]: 1,
    ...(group === '' && countedByName.has(plural) && { [plural]: 1 }),
    ...(group === '' && manifest.kind === 'Service' && serviceDemand(manifest)),
    ...(group === '' && manifest.kind === 'PersistentVolumeClaim' && claimDemand(manifest)),
  }
}

function serviceDemand({ spec }: Manifest): Demand {
  const {
    type,
    ports = [],
    allocateLoadBalancerNodePorts,
  } = (spec ?? {}) as {
    type?: string
    ports?: readonly unknown[]
    allocateLoadBalancerNodePorts?: boolean
  }
  const balanced = type === 'LoadBalancer'
  const onNodes = type === 'NodePort' || (balanced && allocateLoadBalancerNodePorts !== false)
  return {
    ...(balanced && { 'services.loadbalancers': 1 }),
    ...(onNodes && { 'services.nodeports': ports.length }),
  }
}

function claimDemand({ spec }: Manifest): Demand {
  const { storageClassName, resources } = (spec ?? {}) as {
    storageClassName?: string
    resources?: { requests?: { storage?: unknown } }
  }
  const storage = quantityOf(resources?.requests?.storage) ?? 0
  const ofClass = `${storageClassName}.storageclass.storage.k8s.io`
  return {
    'requests.storage': storage,
    ...(storageClassName && {
      [`${ofClass}/requests.storage`]: storage,
      [`${ofClass}/persistentvolumeclaims`]: 1,
    }),
  }
}

/**
 * Sums creations of one namespace against its quotas: a dry-run tries each object alone, so that two
 * objects of which only one has room would both be accepted. Quotas with scopes are left to the API
 * server, which knows the pods that they mean. Each object beyond the room is refused.
 */
export function overQuota(
  creations: readonly Creation[],
  quotas: readonly Manifest[],
): readonly QuotaRefusal[] {
  const limits = quotas.flatMap(limitsOf)
  return creations.flatMap(({ key, demand }) => {
    const asked = limits.flatMap((limit) => {
      const amount = demand[limit.resource] ?? 0
      return amount > 0 ? [{ limit, amount }] : []
    })
    const full = asked.find(({ limit, amount }) => limit.used + limit.planned + amount > limit.hard)
    if (full !== undefined) return [{ key, message: messageOf(full.limit) }]
    for (const { limit, amount } of asked) limit.planned += amount
    return []
  })
}

type Limit = {
  readonly quota: string
  readonly resource: string
  readonly hard: number
  readonly used: number
  planned: number
}

function limitsOf({ metadata, spec, status }: Manifest): Limit[] {
  const { scopes, scopeSelector } = (spec ?? {}) as { scopes?: unknown; scopeSelector?: unknown }
  if (scopes !== undefined || scopeSelector !== undefined) return []
  const { hard = {}, used = {} } = (status ?? {}) as Record<'hard' | 'used', object | undefined>
  const usedOf = used as Readonly<Record<string, unknown>>
  return Object.entries(hard).flatMap(([resource, amount]) => {
    const [most, now] = [quantityOf(amount), quantityOf(usedOf[resource])]
    if (most === undefined || now === undefined) return []
    return [{ quota: metadata.name ?? '', resource, hard: most, used: now, planned: 0 }]
  })
}

function messageOf({ quota, resource, hard, used, planned }: Limit): string {
  return `exceeded quota: ${quota}, ${resource}: used ${used}, limited ${hard}, and the plan creates ${planned} before this one`
}
