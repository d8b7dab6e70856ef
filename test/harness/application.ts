import type { ApplicationStatus } from '../../core/status/status.ts'
import { eventually } from './eventually.ts'
import type { KubeClient, KubeObject } from './kube.ts'

/** The Applications of the stack in the Kubernetes API. */
export const applicationsPath = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications'

/** An Application as the cluster has it. */
export type LiveApplication = KubeObject & { readonly status?: ApplicationStatus }

/** What a test says of an Application. */
export type Declared = {
  readonly name: string
  readonly repoURL: string
  readonly namespace: string
  readonly path?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly spec?: object
}

/** An Application with automated prune and selfHeal, as a user writes it. */
export function applicationManifest({
  name,
  repoURL,
  namespace,
  path = '.',
  annotations = {},
  spec = {},
}: Declared) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, annotations, finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    spec: {
      project: 'default',
      source: { repoURL, path, targetRevision: 'HEAD' },
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
      ...spec,
    },
  }
}

/** The Application as soon as it is what the test waits for. */
export function whenApplication(
  kube: KubeClient,
  name: string,
  accept: (status: ApplicationStatus) => boolean,
  patienceMs?: number,
): Promise<LiveApplication> {
  return eventually(
    () => kube.request<LiveApplication>('GET', `${applicationsPath}/${name}`),
    ({ status }) => status !== undefined && accept(status),
    patienceMs,
  )
}

/** Synced and Healthy at this revision. */
export function isDeployed(revision: string): (status: ApplicationStatus) => boolean {
  return ({ sync, health }) =>
    sync?.status === 'Synced' && health?.status === 'Healthy' && sync.revision === revision
}

/** Deployed, and the operation has said so: all of it may be live while it still waits to. */
export function hasEnded(revision: string): (status: ApplicationStatus) => boolean {
  return (status) => isDeployed(revision)(status) && status.operationState?.phase !== 'Running'
}

/** The drift that nobody has synced yet is seen. */
export function isOutOfSync({ sync }: ApplicationStatus): boolean {
  return sync?.status === 'OutOfSync'
}

/** What is declared is live. */
export function isSynced({ sync }: ApplicationStatus): boolean {
  return sync?.status === 'Synced'
}

const refreshAnnotation = 'argocd.argoproj.io/refresh'

/** Looks again as somebody asks for it, and gives what it found (AUTO-03, AUTO-04). */
export async function refreshed(
  kube: KubeClient,
  name: string,
  kind: 'normal' | 'hard' = 'normal',
): Promise<LiveApplication> {
  const path = `${applicationsPath}/${name}`
  await kube.patch(path, { metadata: { annotations: { [refreshAnnotation]: kind } } })
  return await eventually(
    () => kube.request<LiveApplication>('GET', path),
    ({ metadata }) => !(refreshAnnotation in (metadata.annotations ?? {})),
  )
}

/** Why the Application failed, as soon as its status says so. */
export async function failureOf(kube: KubeClient, name: string) {
  const { status } = await whenApplication(
    kube,
    name,
    ({ driftless }) => driftless?.failure !== undefined,
  )
  return status?.driftless?.failure
}

/** `whenApplication` while parts are away: an API server that does not answer is asked again. */
export function whenApplicationAtLast(
  kube: KubeClient,
  name: string,
  accept: (status: ApplicationStatus) => boolean,
  patienceMs = 100_000,
): Promise<LiveApplication | undefined> {
  return eventually(
    async () => {
      try {
        const path = `${applicationsPath}/${name}`
        const { status, body } = await kube.try<LiveApplication>('GET', path)
        // 503 is what it says while it starts
        return status === 503 ? undefined : body
      } catch (error) {
        if (isAway(error)) return undefined
        throw error
      }
    },
    (live) => live?.status !== undefined && accept(live.status),
    patienceMs,
  )
}

const away = new Set(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'])

function isAway(error: unknown): boolean {
  return error instanceof Error && away.has((error as NodeJS.ErrnoException).code ?? '')
}

/** A ConfigMap of this one value, as YAML. */
export function configMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: ${JSON.stringify(value)}\n`
}
