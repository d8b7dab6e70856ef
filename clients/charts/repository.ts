import { chosenVersion } from '../../core/chart-version.ts'
import { authorization } from '../git/access.ts'
import { remoteOf } from '../git/remote.ts'
import { ask, onlyProxy } from '../outbound/ask.ts'
import type { Outbound } from '../outbound.ts'
import { bodyOf, maxChartBytes, type Pull, maxRedirects as redirects } from './asked.ts'

/** A chart as the index of a chart repository lists it; the address may be relative to it. */
export type Published = { readonly version: string; readonly url: string }
export type IndexAsk = { readonly text: string; readonly chart: string }

/** Reads an index, which strangers write and which may be large, away from our own thread. */
export type ReadIndex = (index: IndexAsk) => Promise<readonly Published[]>

const maxIndexBytes = 64 * 1024 * 1024

/**
 * Fetches a packed chart of a chart repository. Credentials go to the server of the repository, and
 * to others only when the Application says so (HELM-10).
 */
export async function pullFromRepository(
  outbound: Outbound,
  readIndex: ReadIndex,
  pull: Pull,
): Promise<Buffer> {
  const { chart, version, passCredentials = false } = pull.ask
  const { url, access = {} } = remoteOf(pull.ask.url, pull.access)
  const headers = signed(access.credentials)
  const { reach } = pull
  const base = new URL(url)
  base.pathname = `${base.pathname.replace(/\/+$/, '')}/`
  const indexUrl = new URL(base)
  indexUrl.pathname += 'index.yaml'
  const how = { maxBytes: maxIndexBytes, redirects, reach }
  const index = await ask(outbound, indexUrl.href, { ...how, headers }, access)
  const published = await readIndex({ text: bodyOf(index).toString('utf8'), chart })
  const wanted = chosenVersion(
    published.map((one) => one.version),
    version,
  )
  const found = published.find((one) => one.version === wanted)
  if (found === undefined) throw new Error(`its index has no such version of ${chart}`)
  const place = new URL(found.url, base)
  const isOurs = place.origin === base.origin || passCredentials
  const answer = await ask(
    outbound,
    place.href,
    {
      ...{ maxBytes: maxChartBytes, redirects, reach: index.reach },
      headers: isOurs ? headers : {},
    },
    isOurs ? access : onlyProxy(access),
  )
  return bodyOf(answer)
}

function signed(credentials: Pull['access']['credentials']): Readonly<Record<string, string>> {
  const header = credentials && authorization(credentials)
  return header === undefined ? {} : { authorization: header }
}
