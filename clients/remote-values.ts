import { GitAccessError, NetworkError, RenderError } from '../core/errors.ts'
import { ask } from './outbound/ask.ts'
import type { Outbound } from './outbound.ts'

/** Value files that lie at addresses (HELM-01). */
export type RemoteValues = {
  /** RenderError when it is refused or is none, NetworkError when nobody answers. */
  read(address: string): Promise<Buffer>
}

const maxBytes = 5 * 1024 * 1024

/** Reads them without credentials and without following redirects. */
export function createRemoteValues(outbound: Outbound): RemoteValues {
  return {
    async read(address) {
      const what = `the value file ${address}`
      const answer = await ask(outbound, address, { maxBytes }, {}).catch((error: Error) => {
        const text = `${what} cannot be read: ${error.message}`
        const isRefused = error instanceof GitAccessError || error instanceof RangeError
        throw isRefused ? new RenderError(text) : new NetworkError(text)
      })
      if (answer.status === 200) return answer.body
      const text = `${what} cannot be read: its server answers ${answer.status}`
      const isTheirs = answer.status >= 500 || answer.status === 429
      throw isTheirs ? new NetworkError(text) : new RenderError(text)
    },
  }
}
