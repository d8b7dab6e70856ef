import { readFileSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { Agent, request } from 'undici'

const patienceMs = 1000

/** Whether something accepts connections there. */
export function acceptsTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: patienceMs })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}

/** Whether a GET answers 200; with `caFile` the certificate is checked against it. */
export async function answersOk(url: string, caFile?: string, token?: string): Promise<boolean> {
  let agent: Agent | undefined
  try {
    agent = new Agent({ connect: caFile === undefined ? {} : { ca: readFileSync(caFile) } })
    const { statusCode, body } = await request(url, {
      dispatcher: agent,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(patienceMs),
    })
    await body.dump()
    return statusCode === 200
  } catch {
    return false
  } finally {
    await agent?.destroy()
  }
}

/** Whether the gRPC service says SERVING through the standard health protocol. */
export function servesGrpc(port: number, service: string): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`)
    const end = (answer: boolean): void => {
      clearTimeout(timer)
      session.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => end(false), patienceMs)
    session.once('error', () => end(false))
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    call.on('data', (chunk: Buffer) => chunks.push(chunk))
    call.once('error', () => end(false))
    // five bytes of frame, then field 1 of HealthCheckResponse: 1 is SERVING
    call.once('end', () =>
      end(
        Buffer.concat(chunks)
          .subarray(5)
          .equals(Buffer.from([0x08, 0x01])),
      ),
    )
    call.end(frame(service))
  })
}

function frame(service: string): Buffer {
  const name = Buffer.from(service)
  const message = Buffer.concat([Buffer.from([0x0a, name.length]), name])
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}
