import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { KubeClient } from './kube.ts'

export type AdmissionWebhook = { close(): Promise<void> }

type Refusal = { readonly code: number; readonly reason: string; readonly message: string }

const collection = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'

/**
 * A real validating webhook for the ConfigMaps of one namespace, called by the API server over TLS
 * with the stack's own certificate. It answers with the refusal; without one it is never reachable.
 */
export async function refuseConfigMaps(
  kube: KubeClient,
  kubeconfig: string,
  namespace: string,
  refusal: Refusal | undefined,
): Promise<AdmissionWebhook> {
  const folder = join(dirname(kubeconfig), 'kube', 'certs')
  const certificate = readFileSync(join(folder, 'apiserver.crt'))
  const server = createServer(
    { cert: certificate, key: readFileSync(join(folder, 'apiserver.key')) },
    (request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        const { uid } = (JSON.parse(body) as { request: { uid: string } }).request
        const answer = { uid, allowed: false, status: refusal }
        response.setHeader('content-type', 'application/json')
        response.end(
          JSON.stringify({
            apiVersion: 'admission.k8s.io/v1',
            kind: 'AdmissionReview',
            response: answer,
          }),
        )
      })
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  if (refusal === undefined) await closed(server)
  await kube.request('POST', collection, {
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'refuse.driftless.dev',
        clientConfig: {
          url: `https://127.0.0.1:${port}/`,
          caBundle: certificate.toString('base64'),
        },
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  })
  return {
    async close() {
      await kube.request('DELETE', `${collection}/${namespace}`)
      if (server.listening) await closed(server)
    },
  }
}

function closed(server: ReturnType<typeof createServer>): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
