import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'

export type ChartServerOptions = {
  /** Only who sends this is let in. */
  readonly authorization?: string
  /** Speaks https with these. */
  readonly tls?: ServerOptions
  /** Address of another server that has the packed charts, as the index says. */
  readonly filesAt?: string
}

/** Where charts are published for a test. */
export type ChartServer = {
  /** Host and port. */
  readonly host: string
  /** Requests for packed charts so far. */
  readonly downloads: () => number
  /** Of a registry the layer may be of another type than a chart's, and others may lie beside it. */
  publish(name: string, version: string, packed: Buffer, layers?: Layers): void
  close(): Promise<void>
}

type Layers = { readonly type?: string; readonly more?: readonly string[] }
type Published = Layers & {
  readonly name: string
  readonly version: string
  readonly packed: Buffer
}
type Answer = { readonly type: string; readonly body: Buffer | string }

/** A chart repository: a folder of files with an `index.yaml`. */
export function startChartRepository(options: ChartServerOptions = {}): Promise<ChartServer> {
  return start(options, (path, charts) => {
    if (path === '/index.yaml') return { type: 'text/yaml', body: indexOf(charts, options.filesAt) }
    const found = charts.find((chart) => path === `/${fileOf(chart)}`)
    return found && { type: 'application/gzip', body: found.packed }
  })
}

/** A registry that speaks the OCI distribution protocol, as far as a reader of charts needs it. */
export function startRegistry(options: ChartServerOptions = {}): Promise<ChartServer> {
  return start(options, (path, charts) => {
    if (path === '/v2/') return { type: 'application/json', body: '{}' }
    const [, name, what, reference] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? []
    const named = charts.filter((chart) => chart.name === name)
    if (what === 'tags') {
      const body = JSON.stringify({ name, tags: named.map(({ version }) => version) })
      return named.length === 0 ? undefined : { type: 'application/json', body }
    }
    if (what === 'manifests') {
      const manifests = named.map((chart) => ({ chart, body: manifestOf(chart) }))
      const found = manifests.find(
        ({ chart, body }) => chart.version === reference || digestOf(body) === reference,
      )
      return found && { type: manifestType, body: found.body }
    }
    const blobs = named.flatMap((chart) => [Buffer.from(configOf(chart)), chart.packed])
    const blob = blobs.find((body) => digestOf(body) === reference)
    return blob && { type: 'application/octet-stream', body: blob }
  })
}

async function start(
  { authorization, tls }: ChartServerOptions,
  answer: (path: string, charts: readonly Published[]) => Answer | undefined,
): Promise<ChartServer> {
  const charts: Published[] = []
  let downloads = 0
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="charts"' }).end()
      return
    }
    const found = answer(new URL(request.url ?? '/', 'http://localhost').pathname, charts)
    if (found === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[]}')
      return
    }
    if (charts.some(({ packed }) => packed === found.body)) downloads++
    response.writeHead(200, {
      'content-type': found.type,
      'content-length': Buffer.byteLength(found.body),
      'docker-content-digest': digestOf(found.body),
    })
    response.end(request.method === 'HEAD' ? undefined : found.body)
  }
  const server = tls === undefined ? createServer(take) : createTlsServer(tls, take)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    downloads: () => downloads,
    publish(name, version, packed, layers = {}) {
      const same = charts.findIndex((chart) => chart.name === name && chart.version === version)
      if (same >= 0) charts.splice(same, 1)
      charts.push({ name, version, packed, ...layers })
    },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

function fileOf({ name, version }: Published): string {
  return `${name}-${version}.tgz`
}

function indexOf(charts: readonly Published[], filesAt = ''): string {
  const entries = Map.groupBy(charts, ({ name }) => name)
  const listed = [...entries].map(([name, found]) => [
    name,
    found.map((chart) => ({
      ...{ apiVersion: 'v2', name, version: chart.version, urls: [filesAt + fileOf(chart)] },
      digest: digestOf(chart.packed).slice('sha256:'.length),
    })),
  ])
  return JSON.stringify({ apiVersion: 'v1', entries: Object.fromEntries(listed) })
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json'

function manifestOf(chart: Published): string {
  const config = configOf(chart)
  const { type: chartType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', more = [] } =
    chart
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: described('application/vnd.cncf.helm.config.v1+json', Buffer.from(config)),
    layers: [chartType, ...more].map((type) => described(type, chart.packed)),
  })
}

function configOf({ name, version }: Published): string {
  return JSON.stringify({ apiVersion: 'v2', name, version })
}

function described(mediaType: string, body: Buffer) {
  return { mediaType, digest: digestOf(body), size: body.length }
}

function digestOf(body: Buffer | string): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}
