import { LRUCache } from 'lru-cache'
import type { Artifacts } from '../clients/artifacts.ts'
import { digestOf } from '../core/digest.ts'
import { SupersededError } from '../core/errors.ts'
import { keyOf, type ResourceKey } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { waveOf } from '../core/plan/order.ts'

/** A declared object as the later steps need it. */
export type Desired = {
  readonly key: ResourceKey
  readonly manifest: Manifest
  readonly digest: string
  readonly wave: number
}

// parsed forms of what lies in the artifact cache; a few hundred applications of ordinary size
const parsed = new LRUCache<string, readonly Desired[]>({ max: 1_000 })

/** Stores the bodies; the digest that names them from now on is returned. */
export async function writeRendered(
  artifacts: Artifacts,
  manifests: readonly Manifest[],
): Promise<string> {
  const digest = await artifacts.put(JSON.stringify(manifests))
  parsed.set(digest, manifests.map(desired))
  return digest
}

/** The bodies behind a digest; when the cache lost them the operation starts again at `render`. */
export async function readRendered(
  artifacts: Artifacts,
  digest: string,
): Promise<readonly Desired[]> {
  const known = parsed.get(digest)
  if (known !== undefined) return known
  const body = await artifacts.get(digest)
  if (body === undefined) {
    throw new SupersededError('the rendered manifests are no longer in the cache; rendering again')
  }
  const list = (JSON.parse(body.toString('utf8')) as readonly Manifest[]).map(desired)
  parsed.set(digest, list)
  return list
}

function desired(manifest: Manifest): Desired {
  return { key: keyOf(manifest), manifest, digest: digestOf(manifest), wave: waveOf(manifest) }
}
