import { NetworkError } from '../../core/errors.ts'
import type { Tenure } from './lease.ts'
import type { KubeTransport } from './transport.ts'

/**
 * The same transport for as long as the tenure lasts: nothing is sent afterwards, and what is in
 * flight when it is lost is given up. The error is one that can pass: the successor tries again.
 */
export function fencedTransport(transport: KubeTransport, tenure: Tenure): KubeTransport {
  const within = (signal: AbortSignal | undefined): AbortSignal => {
    if (!tenure.isHeld()) {
      throw new NetworkError('this worker does not hold the cluster any more; another one goes on')
    }
    return signal === undefined ? tenure.lost : AbortSignal.any([signal, tenure.lost])
  }
  return {
    server: transport.server,
    request: async (path, options = {}) =>
      transport.request(path, { ...options, signal: within(options.signal) }),
    stream: async (path, options) =>
      transport.stream(path, { ...options, signal: within(options.signal) }),
    // the connections are everybody's
    close: async () => undefined,
  }
}
