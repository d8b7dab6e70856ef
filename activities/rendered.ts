import { LRUCache } from 'lru-cache'
import type { Artifacts } from '../clients/artifacts.ts'
import type { Application } from '../core/application.ts'
import { digestOf } from '../core/digest.ts'
import { SupersededError } from '../core/errors.ts'
import { keyOf, type ResourceKey } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { type Ordered, orderManifests } from '../core/plan/order.ts'
import { isHook, type Phase } from '../core/plan/phase.ts'
import { isClientSide } from '../core/plan/write-way.ts'

/** A declared object as the later steps need it. */
export type Desired = {
  readonly key: ResourceKey
  readonly manifest: Manifest
  readonly digest: string
  readonly phase: Phase
  readonly wave: number
  /** Set when it is applied on the client's side (OPT-12). */
  readonly clientSide?: boolean
}

/** All that one revision declares: `resources` are compared and kept, `hooks` run (HOOK-04). */
export type Rendered = {
  readonly objects: readonly Desired[]
  readonly resources: readonly Desired[]
}

// parsed forms of what lies in the artifact cache; a few hundred applications of ordinary size
const parsed = new LRUCache<string, Rendered>({ max: 1_000 })

/** Stores the bodies in the order of their turns; the digest that names them from now on is returned. */
export async function writeRendered(
  artifacts: Artifacts,
  manifests: readonly Manifest[],
): Promise<string> {
  const ordered = orderManifests(manifests)
  const digest = await artifacts.put(JSON.stringify(ordered))
  parsed.set(digest, rendered(ordered))
  return digest
}

/** The bodies behind a digest; when the cache lost them the operation starts again at `render`. */
export async function readRendered(artifacts: Artifacts, digest: string): Promise<Rendered> {
  const known = parsed.get(digest)
  if (known !== undefined) return known
  const body = await artifacts.get(digest)
  if (body === undefined) {
    throw new SupersededError('the rendered manifests are no longer in the cache; rendering again')
  }
  const read = rendered(orderedOf(JSON.parse(body.toString('utf8'))))
  parsed.set(digest, read)
  return read
}

/**
 * The same, for whoever compares or applies them. What is applied in the other way has another
 * digest, so that nothing that is proven of the one holds for the other.
 */
export async function readDesired(
  { artifacts }: { readonly artifacts: Artifacts },
  digest: string,
  { application }: { readonly application: Application },
): Promise<Rendered> {
  const read = await readRendered(artifacts, digest)
  const isOther = ({ manifest }: Desired) => isClientSide(application, manifest)
  if (!read.objects.some(isOther)) return read
  return withResources(
    read.objects.map((desired) =>
      isOther(desired)
        ? { ...desired, digest: `${desired.digest} on the client's side`, clientSide: true }
        : desired,
    ),
  )
}

export function desiredByKey(objects: readonly Desired[]): ReadonlyMap<ResourceKey, Desired> {
  return new Map(objects.map((entry) => [entry.key, entry]))
}

/** The first version kept the manifests alone. */
function orderedOf(stored: readonly (Ordered | Manifest)[]): readonly Ordered[] {
  return stored.every((entry): entry is Ordered => 'manifest' in entry)
    ? stored
    : orderManifests(stored as readonly Manifest[])
}

function rendered(ordered: readonly Ordered[]): Rendered {
  const objects = ordered.map(
    ({ manifest, phase, wave }): Desired => ({
      key: keyOf(manifest),
      manifest,
      digest: digestOf(manifest),
      phase,
      wave,
    }),
  )
  return withResources(objects)
}

function withResources(objects: readonly Desired[]): Rendered {
  return { objects, resources: objects.filter(({ manifest }) => !isHook(manifest)) }
}
