import type { RepositoryAccess } from '../../core/repository/credentials.ts'
import type { HttpAnswer } from '../outbound/ask.ts'
import type { Reach } from '../outbound.ts'

/** A chart as an Application names it; the version may be a constraint (SRC-05). */
export type ChartAsk = {
  readonly url: string
  readonly chart: string
  readonly version: string
  /** Credentials also go to other servers that the index leads to (HELM-10). */
  readonly passCredentials?: boolean
}

/** What is pulled, as whom, and by whose word. */
export type Pull = {
  readonly ask: ChartAsk
  readonly access: RepositoryAccess
  readonly reach: Reach
  /** The media types that the layer of an artifact may have. */
  readonly layerTypes: readonly string[]
}

/** What was pulled: a chart lies in a folder of its own name, anything else as it was packed. */
export type Packed = { readonly body: Buffer; readonly isChart: boolean }

/** A packed chart that is larger is none. */
export const maxChartBytes = 20 * 1024 * 1024
/** Stores of files behind a server of charts are reached by redirects. */
export const maxRedirects = 5

/** HELM-23: an address without a scheme is that of a registry. */
export function isRegistry(url: string): boolean {
  return !/^https?:\/\//.test(url)
}

/** Whether the address is that of one artifact, which need not be a chart (SRC-20). */
export function isArtifact({ url, chart }: Pick<ChartAsk, 'url' | 'chart'>): boolean {
  return chart === '' && url.startsWith('oci://')
}

/** Whether the text names content, which never changes. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

/** The body of an answer that is one. */
export function bodyOf({ status, body, url }: HttpAnswer): Buffer {
  if (status === 200) return body
  throw new Error(`${new URL(url).host} answers ${status}`)
}
