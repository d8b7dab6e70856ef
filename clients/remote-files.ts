import { GitAccessError, NetworkError, RenderError } from '../core/errors.ts'
import { ask, type HttpAsk } from './outbound/ask.ts'
import type { Outbound } from './outbound.ts'

/**
 * Single files that lie at addresses, read without credentials. RenderError when one is refused or is
 * none, NetworkError when nobody answers.
 */
export type RemoteFiles = {
  /** A value file that the Application names (HELM-01); no redirect is followed. */
  values(address: string): Promise<Buffer>
  /** A resource that only a kustomization in Git names, from public servers and their redirects (KUST-13). */
  resource(address: string): Promise<Buffer>
}

const ofValues = { maxBytes: 5 * 1024 * 1024 }
// releases of many projects are one large file, which lies behind a redirect
const ofResource = { maxBytes: 10 * 1024 * 1024, redirects: 5, reach: 'public' } as const

/** Reads them through the one check of outbound addresses (H3). */
export function createRemoteFiles(outbound: Outbound): RemoteFiles {
  const read = async (what: string, address: string, how: HttpAsk): Promise<Buffer> => {
    const answer = await ask(outbound, address, how, {}).catch((error: Error) => {
      const text = `${what} cannot be read: ${error.message}`
      const isRefused = error instanceof GitAccessError || error instanceof RangeError
      throw isRefused ? new RenderError(text) : new NetworkError(text)
    })
    if (answer.status === 200) return answer.body
    const text = `${what} cannot be read: its server answers ${answer.status}`
    const isTheirs = answer.status >= 500 || answer.status === 429
    throw isTheirs ? new NetworkError(text) : new RenderError(text)
  }
  return {
    values: (address) => read(`the value file ${address}`, address, ofValues),
    resource: (address) => read(`the resource ${address}`, address, ofResource),
  }
}
