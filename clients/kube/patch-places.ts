import { LRUCache } from 'lru-cache'
import { type Place, placeOf } from '../../core/apply/patch-schema.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import type { KubeTransport } from './transport.ts'
import { unlessGone } from './unless-gone.ts'

/** Tells how a kind's lists are merged; undefined for a kind that takes no strategic merge patch. */
export type PatchPlaces = (manifest: Manifest) => Promise<Place | undefined>

// the largest documents have a megabyte, and change with the version of the API server only
const limits = { max: 8, ttl: 600_000 }

/** Reads the OpenAPI documents of the API server, one for each group and version. */
export function createPatchPlaces(transport: KubeTransport): PatchPlaces {
  const documents = new LRUCache<string, Promise<unknown>>(limits)
  return async (manifest) => {
    const { apiVersion } = manifest
    const path = `/openapi/v3/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`
    const document = documents.get(apiVersion) ?? unlessGone(transport.request<unknown>(path))
    documents.set(apiVersion, document)
    try {
      return placeOf(await document, manifest)
    } catch (error) {
      documents.delete(apiVersion)
      throw error
    }
  }
}
