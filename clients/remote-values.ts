import { isIP } from 'node:net'
import { Agent, request } from 'undici'
import { NetworkError, RenderError } from '../core/errors.ts'
import { guardedLookup, isOpen } from './outbound.ts'

/** Value files that lie at addresses (HELM-01). */
export type RemoteValues = {
  /** RenderError when it is refused or is none, NetworkError when nobody answers. */
  read(address: string): Promise<Buffer>
}

const maxBytes = 5 * 1024 * 1024
const timeoutMs = 15_000

/** Reads them without credentials and without following redirects. */
export function createRemoteValues({
  allowLoopback,
}: {
  readonly allowLoopback: boolean
}): RemoteValues {
  const dispatcher = new Agent({ connect: { lookup: guardedLookup(allowLoopback) } })
  return {
    async read(address) {
      const host = new URL(address).hostname.replace(/^\[|\]$/g, '')
      // literal addresses are not looked up
      if (isIP(host) !== 0 && !isOpen(host, allowLoopback)) {
        throw new RenderError(`the value file ${address} leads to an address that may not be asked`)
      }
      const signal = AbortSignal.timeout(timeoutMs)
      const answer = await request(address, { dispatcher, signal }).catch((error: Error) => {
        if (error instanceof RenderError) throw error
        throw new NetworkError(`the value file ${address} cannot be read: ${error.message}`)
      })
      if (answer.statusCode !== 200) {
        await answer.body.dump()
        throw refusal(address, answer.statusCode)
      }
      return await bodyOf(answer.body, address)
    },
  }
}

function refusal(address: string, status: number): Error {
  const text = `the value file ${address} cannot be read: its server answers ${status}`
  return status >= 500 || status === 429 ? new NetworkError(text) : new RenderError(text)
}

async function bodyOf(body: AsyncIterable<Buffer>, address: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) {
      throw new RenderError(`the value file ${address} is larger than ${maxBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
