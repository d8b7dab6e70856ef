import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type HttpLimits, type HttpServer, serveHttp } from './http-server.ts'

const never: HttpLimits = {
  ...{ headersMs: 60_000, requestMs: 60_000, checkMs: 10 },
  ...{ connections: 100, closeMs: 60_000 },
}
const opened: Socket[] = []

afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy()
})

const serve = (limits: Partial<HttpLimits> = {}): Promise<HttpServer> =>
  serveHttp(
    async (request) => new Response(await request.text()),
    { host: '127.0.0.1', port: 0 },
    { ...never, ...limits },
  )

/** Sends this and no more; `answer` is all that came until the server closed the connection. */
function begin({ port }: HttpServer, text: string) {
  const socket = connect(port, '127.0.0.1')
  opened.push(socket)
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString()
  })
  // a reset is one way to be closed
  socket.on('error', () => undefined)
  socket.write(text)
  return {
    socket,
    connected: new Promise((done) => socket.once('connect', done)),
    answer: new Promise<string>((done) => socket.once('close', () => done(answer))),
  }
}

const head = 'POST / HTTP/1.1\r\nHost: shop\r\n'
const post = async ({ port }: HttpServer) => {
  const headers = { connection: 'close' }
  const response = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: 'x', headers })
  return await response.text()
}

describe('a server of HTTP', () => {
  it.each([
    ['nothing', ''],
    ['half of its headers', head],
  ])('answers 408 to who sends %s', async (_, text) => {
    const server = await serve({ headersMs: 50 })
    const slow = begin(server, text)
    expect(await slow.answer).toMatch(/^HTTP\/1.1 408 /)
    await server.close()
  })

  it.each([
    ['a part of its body', 'Content-Length: 9\r\n\r\nabc'],
    ['a chunk of its body', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('answers 408 to who sends %s, and others meanwhile', async (_, text) => {
    const server = await serve({ headersMs: 500, requestMs: 500 })
    const slow = begin(server, head + text)
    expect(await post(server)).toBe('x')
    expect(await slow.answer).toMatch(/^HTTP\/1.1 408 /)
    await server.close()
  })

  it('lets an answer take longer than a request may', async () => {
    const server = await serveHttp(
      async () => {
        const slow = begin(server, head)
        await slow.answer
        return new Response('late')
      },
      { host: '127.0.0.1', port: 0 },
      { ...never, headersMs: 300, requestMs: 300 },
    )
    expect(await post(server)).toBe('late')
    await server.close()
  })

  it('takes no more connections than it may have', async () => {
    const server = await serve({ connections: 2 })
    const held = [begin(server, head), begin(server, head)]
    await Promise.all(held.map(({ connected }) => connected))
    expect(await begin(server, head).answer).toBe('')
    for (const { socket } of held) socket.destroy()
    await Promise.all(held.map(({ answer }) => answer))
    await server.close()
  })

  it('closes though somebody has not finished a request', async () => {
    const server = await serve({ closeMs: 50 })
    const slow = begin(server, `${head}Content-Length: 9\r\n\r\nabc`)
    expect(await post(server)).toBe('x')
    await server.close()
    expect(await slow.answer).toBe('')
  })

  it('says why it cannot listen', async () => {
    const server = await serve()
    const { port } = server
    const second = serveHttp(() => new Response(), { host: '127.0.0.1', port })
    await expect(second).rejects.toThrow(/EADDRINUSE/)
    await server.close()
  })
})
