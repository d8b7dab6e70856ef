import type { KubeTransport } from '../../clients/kube/transport.ts'

/** Sends a PATCH with this body; the test decides what happens before and after. */
type Around = <T>(send: () => Promise<T>, body: unknown) => Promise<T>

/** The same transport with `around` put around each PATCH. */
export function aroundPatches(transport: KubeTransport, around: Around): KubeTransport {
  return {
    ...transport,
    request<T>(...args: Parameters<KubeTransport['request']>) {
      const send = () => transport.request<T>(...args)
      return args[1]?.method === 'PATCH' ? around(send, args[1].body) : send()
    },
  }
}
