import type { Manifest } from '../../core/manifest/manifest.ts'
import { type Discovery, pathOf } from './discovery.ts'
import type { KindName } from './kind-watch.ts'
import type { KubeTransport } from './transport.ts'

type MetadataList = {
  readonly metadata: { readonly continue?: string }
  readonly items?: readonly Pick<Manifest, 'metadata'>[]
}

const pageSize = '500'
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

/** All objects of a kind in all namespaces; the server sends their metadata only. */
export async function* listMetadata(
  transport: KubeTransport,
  discovery: Discovery,
  { group, kind, labelSelector }: KindName & { readonly labelSelector: string | undefined },
): AsyncGenerator<Manifest> {
  const resource = await discovery.preferred(group, kind)
  const apiVersion = group === '' ? resource.version : `${group}/${resource.version}`
  let page: string | undefined
  do {
    const answer: MetadataList = await transport.request(pathOf(resource), {
      accept: metadataOnly,
      query: { limit: pageSize, continue: page, labelSelector },
    })
    for (const { metadata } of answer.items ?? []) yield { apiVersion, kind, metadata }
    page = answer.metadata.continue || undefined
  } while (page !== undefined)
}
