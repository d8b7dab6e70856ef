import type { Manifest } from '../../core/manifest/manifest.ts'
import { apiVersionOf, type Discovery, pathOf } from './discovery.ts'
import type { KindName } from './kind-watch.ts'
import type { Reach } from './reach.ts'
import type { KubeTransport } from './transport.ts'

type MetadataList = {
  readonly metadata: { readonly continue?: string }
  readonly items?: readonly Pick<Manifest, 'metadata'>[]
}

const pageSize = '500'
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

/** Which objects of a kind are meant; all of them without a limit. */
export type ListLimits = {
  readonly labelSelector?: string | undefined
  readonly namespace?: string | undefined
}

/** All objects of a kind, in one namespace or wherever we look; the server sends their metadata only. */
export async function* listMetadata(
  transport: KubeTransport,
  discovery: Discovery,
  reach: Reach,
  { group, kind, labelSelector, namespace: only }: KindName & ListLimits,
): AsyncGenerator<Manifest> {
  const resource = await discovery.preferred(group, kind)
  const head = { apiVersion: apiVersionOf(resource), kind }
  const parts = only === undefined ? reach.partsOf(resource) : [only]
  for (const namespace of parts.filter((part) => reach.includes(resource, part))) {
    const path = pathOf(resource, namespace)
    for await (const { metadata } of pagesOf(transport, path, labelSelector))
      yield { ...head, metadata }
  }
}

async function* pagesOf(
  transport: KubeTransport,
  path: string,
  labelSelector: string | undefined,
): AsyncGenerator<Pick<Manifest, 'metadata'>> {
  let page: string | undefined
  do {
    const answer: MetadataList = await transport.request(path, {
      accept: metadataOnly,
      query: { limit: pageSize, continue: page, labelSelector },
    })
    yield* answer.items ?? []
    page = answer.metadata.continue || undefined
  } while (page !== undefined)
}
