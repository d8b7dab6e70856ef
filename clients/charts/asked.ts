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
}

/** A packed chart that is larger is none. */
export const maxChartBytes = 20 * 1024 * 1024
/** Stores of files behind a server of charts are reached by redirects. */
export const maxRedirects = 5

/** HELM-23: an address without a scheme is that of a registry. */
export function isRegistry(url: string): boolean {
  return !/^https?:\/\//.test(url)
}

/** The body of an answer that is one. */
export function bodyOf({ status, body, url }: HttpAnswer): Buffer {
  if (status === 200) return body
  throw new Error(`${new URL(url).host} answers ${status}`)
}
