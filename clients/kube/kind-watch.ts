import { UnknownKindError } from '../../core/errors.ts'
import { applicationLabelKey } from '../../core/manifest/tracking.ts'
import { type Discovery, pathOf } from './discovery.ts'
import type { LiveStore } from './live-store.ts'
import { createReflector, type Reflector } from './reflector.ts'
import type { KubeTransport } from './transport.ts'

export type KindName = { readonly group: string; readonly kind: string }

/** The watches of one cluster: a kind is watched once it is asked for, and only objects with our label. */
export type KindWatch = {
  /** Settles with true when the kind is listed and followed, with false when the cluster does not serve it. */
  follow(kind: KindName): Promise<boolean>
  connected(): boolean
  stop(): void
}

export function createKindWatch(
  transport: KubeTransport,
  discovery: Discovery,
  store: LiveStore,
  onError: (error: unknown) => void,
): KindWatch {
  const reflectors = new Map<string, Reflector>()
  const opening = new Map<string, Promise<Reflector>>()

  const open = async ({ group, kind }: KindName): Promise<Reflector> => {
    const resource = await discovery.preferred(group, kind)
    const reflector = createReflector({
      transport,
      path: pathOf(resource),
      labelSelector: applicationLabelKey,
      onChange: store.seen,
      onDelete: store.gone,
      onList: (objects, at) => store.listed({ group, kind }, objects, at),
      onError,
    })
    reflectors.set(`${group}/${kind}`, reflector)
    return reflector
  }
  return {
    async follow(kind) {
      const name = `${kind.group}/${kind.kind}`
      const opened = opening.get(name) ?? open(kind)
      opening.set(name, opened)
      try {
        await (await opened).synced
        return true
      } catch (error) {
        opening.delete(name)
        if (error instanceof UnknownKindError) return false
        throw error
      }
    },
    connected: () => [...reflectors.values()].every((reflector) => reflector.connected()),
    stop: () => {
      for (const reflector of reflectors.values()) reflector.stop()
    },
  }
}
