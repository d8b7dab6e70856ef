import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { packChart } from './packed-chart.ts'

/** A server of a stranger, and what it was asked with. */
export type Lure = {
  readonly seen: readonly { readonly path: string; readonly authorization: string | undefined }[]
  readonly port: number
  close(): void
}

/** Starts one on a free port of this machine. */
export async function startLure(answer: RequestListener): Promise<Lure> {
  const seen: { readonly path: string; readonly authorization: string | undefined }[] = []
  const server = createServer((request, response) => {
    seen.push({ path: request.url ?? '', authorization: request.headers.authorization })
    answer(request, response)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return { seen, port: (server.address() as AddressInfo).port, close: () => void server.close() }
}

/** A registry as Docker's, with the chart `team/web` of 1.0.0+b: who has no token is sent for one. */
export async function startTokenRegistry(
  start: (answer: RequestListener) => Promise<Lure>,
): Promise<Lure> {
  const body = await packChart('web', '1.0.0+b', {})
  const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(body))
  const digest = `sha256:${Buffer.from(hash).toString('hex')}`
  const mediaType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'
  const answers = new Map<string, Buffer | string>([
    ['/v2/team/web/tags/list', JSON.stringify({ tags: ['latest', '1.0.0_b'] })],
    ['/v2/team/web/manifests/1.0.0_b', JSON.stringify({ layers: [{ mediaType, digest }] })],
    [`/v2/team/web/blobs/${digest}`, body],
  ])
  const server = await start(({ url = '', headers }, response) => {
    const realm = `http://127.0.0.1:${server.port}/token`
    const challenge = `Bearer realm="${realm}",service="charts",scope="repository:team/web:pull"`
    if (url.startsWith('/token')) response.end(JSON.stringify({ token: 'of-kim' }))
    else if (headers.authorization !== 'Bearer of-kim')
      response.writeHead(401, { 'www-authenticate': challenge }).end()
    else response.end(answers.get(url))
  })
  return server
}
