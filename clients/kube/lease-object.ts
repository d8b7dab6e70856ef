import { ConflictError } from '../../core/errors.ts'
import type { KubeTransport } from './transport.ts'
import { unlessGone } from './unless-gone.ts'

/** A Lease as the API server has it, with the version that guards its next change. */
export type LeaseObject = {
  readonly metadata: { readonly resourceVersion: string }
  readonly spec?: LeaseSpec
}
export type LeaseSpec = {
  /** Empty when nobody holds it. */
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly acquireTime?: string
  readonly renewTime?: string
  readonly leaseTransitions?: number
}

/** One object of coordination.k8s.io/v1. Whoever writes an older state than there is gets ConflictError. */
export type StoredLease = {
  read(signal: AbortSignal): Promise<LeaseObject | undefined>
  create(spec: LeaseSpec, signal: AbortSignal): Promise<LeaseObject>
  /** NotFoundError when somebody has deleted it. */
  replace(before: LeaseObject, spec: LeaseSpec, signal: AbortSignal): Promise<LeaseObject>
}

export function storedLease(
  transport: KubeTransport,
  namespace: string,
  name: string,
): StoredLease {
  const path = collectionOf(namespace)
  const head = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }
  return {
    read: (signal) => unlessGone(transport.request<LeaseObject>(`${path}/${name}`, { signal })),
    create: (spec, signal) =>
      transport.request<LeaseObject>(path, {
        ...{ method: 'POST', signal },
        body: { ...head, metadata: { name, namespace }, spec },
      }),
    // what others wrote into its metadata stays
    replace: ({ metadata }, spec, signal) =>
      transport.request<LeaseObject>(`${path}/${name}`, {
        ...{ method: 'PUT', signal },
        body: { ...head, metadata, spec },
      }),
  }
}

/** The names of all Leases of the namespace. */
export async function leaseNames(
  transport: KubeTransport,
  namespace: string,
): Promise<readonly string[]> {
  const { items = [] } = await transport.request<{
    items?: readonly { readonly metadata: { readonly name: string } }[]
  }>(collectionOf(namespace))
  return items.map(({ metadata }) => metadata.name)
}

/** Removes a Lease that nobody holds; one that somebody takes meanwhile stays. */
export async function removeFreeLease(
  transport: KubeTransport,
  namespace: string,
  name: string,
): Promise<void> {
  const path = `${collectionOf(namespace)}/${name}`
  const found = await unlessGone(transport.request<LeaseObject>(path))
  if (found === undefined || found.spec?.holderIdentity) return
  const { resourceVersion } = found.metadata
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { resourceVersion } }
  try {
    await unlessGone(transport.request(path, { method: 'DELETE', body }))
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
  }
}

function collectionOf(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`
}
