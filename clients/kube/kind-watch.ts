import { NetworkError, UnknownKindError } from '../../core/errors.ts'
import { applicationLabelKey } from '../../core/manifest/tracking.ts'
import { type Discovery, pathOf, type Resource } from './discovery.ts'
import type { LiveStore } from './live-store.ts'
import type { Reach } from './reach.ts'
import { createReflector, type Reflector } from './reflector.ts'
import type { KubeTransport } from './transport.ts'

export type KindName = { readonly group: string; readonly kind: string }

/** The watches of one cluster: a kind is watched once it is asked for, and only objects with our label. */
export type KindWatch = {
  /** Settles with true when the kind is listed and followed, with false when the cluster does not serve it. */
  follow(kind: KindName): Promise<boolean>
  connected(): boolean
  /** Whether somebody asked for the kind before. */
  isFollowed(kind: KindName): boolean
  /** Ends all watches; whoever waits for one, or asks for one now, gets NetworkError. */
  stop(): void
}

export function createKindWatch(
  transport: KubeTransport,
  discovery: Discovery,
  store: LiveStore,
  reach: Reach,
  onError: (error: unknown) => void,
): KindWatch {
  const reflectors: Reflector[] = []
  const listed = new Map<string, Promise<unknown>>()
  const stopped = Promise.withResolvers<never>()
  stopped.promise.catch(() => undefined)
  let isStopped = false

  const openIn = (resource: Resource, namespace?: string): Promise<void> => {
    const { group, kind } = resource
    const listed = { group, kind, ...(namespace !== undefined && { namespace }) }
    const reflector = createReflector({
      transport,
      path: pathOf(resource, namespace),
      labelSelector: applicationLabelKey,
      onChange: store.seen,
      onDelete: store.gone,
      onList: (objects, at) => store.listed(listed, objects, at),
      onError,
    })
    reflectors.push(reflector)
    return reflector.synced
  }
  const open = async ({ group, kind }: KindName): Promise<unknown> => {
    const resource = await discovery.preferred(group, kind)
    if (isStopped) return await stopped.promise
    const synced = reach.partsOf(resource).map((namespace) => openIn(resource, namespace))
    return await Promise.race([stopped.promise, Promise.all(synced)])
  }
  return {
    async follow(kind) {
      if (isStopped) return await stopped.promise
      const first = listed.get(nameOf(kind)) ?? open(kind)
      listed.set(nameOf(kind), first)
      try {
        await first
        return true
      } catch (error) {
        listed.delete(nameOf(kind))
        if (error instanceof UnknownKindError) return false
        throw error
      }
    },
    isFollowed: (kind) => listed.has(nameOf(kind)),
    connected: () => reflectors.every((reflector) => reflector.connected()),
    stop: () => {
      isStopped = true
      stopped.reject(new NetworkError('the watches of the cluster have been stopped'))
      for (const reflector of reflectors) reflector.stop()
    },
  }
}

function nameOf({ group, kind }: KindName): string {
  return `${group}/${kind}`
}
