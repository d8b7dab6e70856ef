import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { KubeClient } from './kube.ts'

/** What the API server answers instead of storing the object. */
export type Refusal = { readonly code: number; readonly reason: string; readonly message: string }
/** Undefined lets the object in. */
export type Judge = (name: string, write: Write) => Promise<Refusal | undefined>
/** What the API server is asked to do. */
export type Write = {
  readonly name: string
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE'
  /** As it would be stored; absent for a deletion. */
  readonly object?: Readonly<Record<string, unknown>> | null
}
type Review = { readonly request: Write & { readonly uid: string } }

/** The writes that are asked about. */
export type Judged = {
  readonly namespace: string
  readonly group: string
  readonly version: string
  readonly resource: string
  /** Dry-runs instead of what is really stored. */
  readonly dryRun?: boolean
}

const collection = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'

/**
 * A real validating webhook for the ConfigMaps of one namespace, called by the API server over TLS
 * with the stack's own certificate, for writes that are no dry-run. Without a judge nobody answers.
 */
export function judgeConfigMaps(
  kube: KubeClient,
  kubeconfig: string,
  namespace: string,
  judge: Judge | undefined,
): Promise<{ close(): Promise<void> }> {
  const judged = { namespace, group: '', version: 'v1', resource: 'configmaps' }
  return judgeWrites(kube, kubeconfig, judged, judge)
}

/** The same for any resource of a namespace. */
export async function judgeWrites(
  kube: KubeClient,
  kubeconfig: string,
  { namespace, group, version, resource, dryRun = false }: Judged,
  judge: Judge | undefined,
): Promise<{ close(): Promise<void> }> {
  const folder = join(dirname(kubeconfig), 'kube', 'certs')
  const certificate = readFileSync(join(folder, 'apiserver.crt'))
  const key = readFileSync(join(folder, 'apiserver.key'))
  const server = await listen(certificate, key, judge ?? (async () => undefined))
  const { port } = server.address() as AddressInfo
  if (judge === undefined) await closed(server)
  const caBundle = certificate.toString('base64')
  const isDryRun = 'has(request.dryRun) && request.dryRun'
  await kube.request('POST', collection, {
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'judge.driftless.dev',
        clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle },
        rules: [
          { apiGroups: [group], apiVersions: [version], operations: ['*'], resources: [resource] },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        matchConditions: [{ name: 'dry-run', expression: dryRun ? isDryRun : `!(${isDryRun})` }],
        timeoutSeconds: 30,
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

async function listen(cert: Buffer, key: Buffer, judge: Judge): Promise<Server> {
  const server = createServer({ cert, key }, async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { uid, ...write } = (JSON.parse(Buffer.concat(chunks).toString()) as Review).request
    const status = await judge(write.name, write)
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid, allowed: status === undefined, status },
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
