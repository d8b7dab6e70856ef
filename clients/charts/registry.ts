import { createHash } from 'node:crypto'
import { z } from 'zod'
import { chosenVersion } from '../../core/chart-version.ts'
import { parseConstraint } from '../../core/git/constraint.ts'
import { parseVersion } from '../../core/git/version.ts'
import { type HttpAnswer, parsedJson } from '../outbound/ask.ts'
import type { Outbound } from '../outbound.ts'
import {
  bodyOf,
  type ChartAsk,
  isArtifact,
  isDigest,
  maxChartBytes,
  type Packed,
  type Pull,
} from './asked.ts'
import { createGet, type Get, maxAnswerBytes } from './registry-get.ts'

const Tags = z.object({ tags: z.array(z.string()).nullable() })
const Layer = z.object({ mediaType: z.string(), digest: z.string() })
const Manifest = z.object({ layers: z.array(Layer) })
type Layer = z.infer<typeof Layer>

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const chartType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'
const signatureType = 'application/vnd.cncf.helm.chart.provenance.v1.prov'
const maxPages = 100

/** Fetches what a version means by the OCI distribution protocol, and checks that it is what its digest says. */
export async function pullFromRegistry(outbound: Outbound, pull: Pull): Promise<Packed> {
  const place = placeOf(pull.ask)
  const get = createGet(outbound, pull, place)
  const { layers } = await manifestOf(get, pull.ask.version)
  const layer = layerOf(layers, pull)
  if (!isDigest(layer.digest)) throw new Error('its digest is no sha256')
  const body = bodyOf(await get(`blobs/${layer.digest}`, maxChartBytes))
  if (digestOf(body) === layer.digest) return { body, isChart: layer.mediaType === chartType }
  throw new Error(`what ${place.host} gives for ${place.name} is not what its digest says`)
}

/** The digest of what a tag, a version or a constraint means now. */
export async function digestInRegistry(outbound: Outbound, pull: Pull): Promise<string> {
  const get = createGet(outbound, pull, placeOf(pull.ask))
  return (await manifestOf(get, pull.ask.version)).digest
}

async function manifestOf(get: Get, version: string) {
  const reference = await referenceOf(get, version)
  const text = bodyOf(await get(`manifests/${reference}`, maxAnswerBytes, manifestType))
  const digest = digestOf(text)
  if (isDigest(reference) && digest !== reference)
    throw new Error(`what it gives for ${reference} is not what the digest says`)
  const read = Manifest.safeParse(parsedJson(text.toString('utf8')))
  if (read.success) return { digest, layers: read.data.layers }
  throw new Error(`${reference} is no single artifact, as an image of several platforms is not`)
}

/** An artifact has one layer, of a type that the operator lets through; a chart may be signed. */
function layerOf(layers: readonly Layer[], { ask, layerTypes }: Pull): Layer {
  const [first, ...others] = layers.filter(({ mediaType }) => mediaType !== signatureType)
  const types = isArtifact(ask) ? layerTypes : [chartType, 'application/tar+gzip']
  if (first === undefined || others.length > 0)
    throw new Error(`it has ${others.length + (first ? 1 : 0)} layers; it has to have one`)
  if (types.includes(first.mediaType)) return first
  throw new Error(
    isArtifact(ask)
      ? `its layer is of the type ${first.mediaType}, which reposerver.oci.layer.media.types does not name`
      : 'it is no chart of Helm',
  )
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
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
  if (isDigest(version)) return version
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
