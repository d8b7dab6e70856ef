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

/** Which objects of a kind are meant; all of them without a limit. */
export type ListLimits = {
  readonly labelSelector?: string | undefined
  readonly namespace?: string | undefined
}

/** All objects of a kind, in one namespace or in all; the server sends their metadata only. */
export async function* listMetadata(
  transport: KubeTransport,
  discovery: Discovery,
  { group, kind, labelSelector, namespace }: KindName & ListLimits,
): AsyncGenerator<Manifest> {
  const resource = await discovery.preferred(group, kind)
  const apiVersion = group === '' ? resource.version : `${group}/${resource.version}`
  let page: string | undefined
  do {
    const answer: MetadataList = await transport.request(pathOf(resource, namespace), {
      accept: metadataOnly,
      query: { limit: pageSize, continue: page, labelSelector },
    })
    for (const { metadata } of answer.items ?? []) yield { apiVersion, kind, metadata }
    page = answer.metadata.continue || undefined
  } while (page !== undefined)
}
