import { createHash } from 'node:crypto'
import { z } from 'zod'
import { chosenVersion } from '../../core/chart-version.ts'
import { parseConstraint } from '../../core/git/constraint.ts'
import { parseVersion } from '../../core/git/version.ts'
import { authorization } from '../git/access.ts'
import { ask, type HttpAnswer, onlyProxy, parsedJson } from '../outbound/ask.ts'
import type { Outbound } from '../outbound.ts'
import {
  bodyOf,
  type ChartAsk,
  maxChartBytes,
  type Pull,
  maxRedirects as redirects,
} from './asked.ts'

const Tags = z.object({ tags: z.array(z.string()).nullable() })
const Manifest = z.object({
  layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })),
})
const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() })

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const layerTypes = ['application/vnd.cncf.helm.chart.content.v1.tar+gzip', 'application/tar+gzip']
const maxAnswerBytes = 4 * 1024 * 1024
const maxPages = 100

/** Asks one registry for paths below `/v2/<name>/`. */
type Get = (path: string, maxBytes?: number, accept?: string) => Promise<HttpAnswer>

/** Fetches a packed chart by the OCI distribution protocol, and checks that it is what its digest says. */
export async function pullFromRegistry(outbound: Outbound, pull: Pull): Promise<Buffer> {
  const { host, name } = placeOf(pull.ask)
  const get = createGet(outbound, pull, { host, name })
  const reference = await referenceOf(get, pull.ask.version)
  const text = bodyOf(await get(`manifests/${reference}`, maxAnswerBytes, manifestType))
  const { layers } = Manifest.parse(parsedJson(text.toString('utf8')))
  const layer = layers.find(({ mediaType }) => layerTypes.includes(mediaType))
  if (layer === undefined) throw new Error(`${name}:${reference} is no chart of Helm`)
  if (!/^sha256:[0-9a-f]{64}$/.test(layer.digest)) throw new Error('its digest is no sha256')
  const body = bodyOf(await get(`blobs/${layer.digest}`, maxChartBytes))
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`
  if (digest === layer.digest) return body
  throw new Error(`what ${host} gives for ${name}:${reference} is not what its digest says`)
}

/** Where the chart lies; an address with another scheme than `oci` is none. */
function placeOf({ url, chart }: ChartAsk): { readonly host: string; readonly name: string } {
  const place = url.replace(/^oci:\/\//, '').replace(/\/+$/, '')
  const full = chart === '' ? place : `${place}/${chart}`
  const form = /^((?:[\w][\w.-]*|\[[0-9a-f:]+\])(?::\d+)?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)$/i
  const [, host, name] = form.exec(full) ?? []
  if (host !== undefined && name !== undefined) return { host, name }
  throw new Error('it is not the address of a registry; use oci://host/name or https://')
}

async function referenceOf(get: Get, version: string): Promise<string> {
  // no tag holds a plus, so that of build metadata is written as an underscore
  const tagOf = (text: string) => text.replaceAll('+', '_')
  if (/^sha256:[0-9a-f]{64}$/.test(version)) return version
  const isName = parseVersion(version)?.original === version && /^v?\d+\.\d+\.\d+/.test(version)
  const isTag = /^[\w][\w.+-]{0,127}$/.test(version)
  if (isTag && (isName || parseConstraint(version) === undefined)) return tagOf(version)
  const tags: string[] = []
  let next: string | undefined = 'tags/list'
  for (let page = 0; next !== undefined && page < maxPages; page++) {
    const answer: HttpAnswer = await get(next, maxAnswerBytes)
    tags.push(...(Tags.parse(parsedJson(bodyOf(answer).toString('utf8'))).tags ?? []))
    next = /tags\/list\?[^>]*(?=>\s*;\s*rel="?next)/.exec(String(answer.headers.link ?? ''))?.[0]
  }
  const found = chosenVersion(
    tags.map((tag) => tag.replaceAll('_', '+')),
    version,
  )
  if (found !== undefined) return tagOf(found)
  throw new Error(`it has no version ${version}`)
}

function createGet(
  outbound: Outbound,
  { access, reach }: Pull,
  { host, name }: { readonly host: string; readonly name: string },
): Get {
  const scheme = access.credentials?.plainHttp === true ? 'http' : 'https'
  const own = access.credentials && authorization(access.credentials)
  let header = own
  const once = (path: string, maxBytes: number, accept: string) =>
    ask(
      outbound,
      `${scheme}://${host}/v2/${name}/${path}`,
      {
        ...{ maxBytes, redirects, reach },
        headers: { accept, ...(header !== undefined && { authorization: header }) },
      },
      access,
    )
  return async (path, maxBytes = maxAnswerBytes, accept = '*/*') => {
    const first = await once(path, maxBytes, accept)
    const realm = first.status === 401 ? tokenAddress(first, scheme) : undefined
    if (realm === undefined) return first
    // the protocol wants it so: whoever the registry names gives the token for our password
    const headers = own === undefined ? {} : { authorization: own }
    const how = { maxBytes: maxAnswerBytes, reach: first.reach, headers }
    const answer = await ask(
      outbound,
      realm,
      how,
      new URL(realm).host === host ? access : onlyProxy(access),
    )
    const { token, access_token } = Token.parse(parsedJson(bodyOf(answer).toString('utf8')))
    header = `Bearer ${token ?? access_token ?? ''}`
    return await once(path, maxBytes, accept)
  }
}

/** Where a token is to be asked for; undefined when the registry names no such place. */
function tokenAddress({ headers }: HttpAnswer, scheme: string): string | undefined {
  const challenge = String(headers['www-authenticate'] ?? '')
  if (!/^bearer\s/i.test(challenge)) return undefined
  const fields = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  )
  const realm = new URL(fields.realm ?? '')
  if (realm.protocol !== `${scheme}:` && realm.protocol !== 'https:') {
    throw new Error('it wants our password to be sent without TLS')
  }
  for (const key of ['service', 'scope']) {
    const value = fields[key]
    if (value !== undefined) realm.searchParams.set(key, value)
  }
  return realm.href
}
