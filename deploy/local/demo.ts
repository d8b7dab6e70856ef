import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { KubeTransport } from '../../clients/kube/transport.ts'
import { NotFoundError } from '../../core/errors.ts'
import { createOnce, withCluster } from './cluster.ts'
import type { Context } from './context.ts'
import { beginStep } from './progress.ts'

/** Where the sample application is deployed to. */
export const demoNamespace = 'demo'

const name = 'guestbook'
const patienceMs = 60_000
const pollMs = 100

type Application = {
  readonly spec?: { readonly source?: { readonly repoURL?: string } }
  readonly status?: {
    readonly sync?: { readonly status?: string }
    readonly health?: { readonly status?: string }
    readonly conditions?: readonly { readonly message?: string }[]
  }
}

/** Declares the sample application on first use and waits until it is Synced and Healthy. */
export async function deployDemo(context: Context, signal: AbortSignal): Promise<void> {
  const step = beginStep(`demo application ${name}`)
  try {
    await withCluster(context.kubeconfig, async (transport) => {
      if (!(await declare(transport, context))) return step.done('was deleted, stays so')
      const outcome = await untilHealthy(transport, signal, (text) => step.detail(text))
      if (outcome === undefined) return step.done()
      step.failed()
      console.log(`  ! the demo is not Healthy after ${patienceMs / 1000} s: ${outcome}`)
    })
  } finally {
    step.failed()
  }
}

/** False when somebody deleted the sample after its first use. */
async function declare(transport: KubeTransport, { data, ports }: Context): Promise<boolean> {
  const repoURL = `http://127.0.0.1:${ports.git}/demo.git`
  const declared = join(data, 'demo-declared')
  if (existsSync(declared)) return await refresh(transport, repoURL)
  await createOnce(transport, '/api/v1/namespaces', {
    ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: demoNamespace } },
  })
  await createOnce(transport, collection(), {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
    metadata: { name, finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    spec: {
      project: 'default',
      source: { repoURL, path: name, targetRevision: 'HEAD' },
      destination: { server: 'https://kubernetes.default.svc', namespace: demoNamespace },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
  })
  writeFileSync(declared, '')
  return true
}

/** The Git server may have another port than last time. */
async function refresh(transport: KubeTransport, repoURL: string): Promise<boolean> {
  const application = await read(transport)
  if (application === undefined) return false
  if (application.spec?.source?.repoURL !== repoURL) {
    const body = { spec: { source: { repoURL } } }
    const contentType = 'application/merge-patch+json'
    await transport.request(`${collection()}/${name}`, { method: 'PATCH', body, contentType })
  }
  return true
}

/** Undefined when it got there, else the last that was seen. */
async function untilHealthy(
  transport: KubeTransport,
  signal: AbortSignal,
  show: (text: string) => void,
): Promise<string | undefined> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const status = (await read(transport))?.status
    const [sync = 'Unknown', health = 'Unknown'] = [status?.sync?.status, status?.health?.status]
    show(`${sync}, ${health}`)
    if (sync === 'Synced' && health === 'Healthy') return undefined
    const reasons = status?.conditions?.flatMap(({ message }) => message ?? []) ?? []
    if (Date.now() > deadline) return [`${sync}, ${health}`, ...reasons].join('; ')
    await delay(pollMs, undefined, { signal })
  }
}

async function read(transport: KubeTransport): Promise<Application | undefined> {
  try {
    return await transport.request<Application>(`${collection()}/${name}`)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

function collection(): string {
  const namespace = process.env.DRIFTLESS_NAMESPACE ?? 'argocd'
  return `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`
}
