import type { ApplicationStatus } from '../../core/status/status.ts'
import { eventually } from './eventually.ts'
import type { KubeClient, KubeObject } from './kube.ts'

export const applicationsPath = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications'

export type LiveApplication = KubeObject & { readonly status?: ApplicationStatus }

type Declared = {
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
): Promise<LiveApplication> {
  return eventually(
    () => kube.request<LiveApplication>('GET', `${applicationsPath}/${name}`),
    ({ status }) => status !== undefined && accept(status),
  )
}

/** Synced and Healthy at this revision. */
export function isDeployed(revision: string): (status: ApplicationStatus) => boolean {
  return ({ sync, health }) =>
    sync?.status === 'Synced' && health?.status === 'Healthy' && sync.revision === revision
}

export function configMap(name: string, value: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: ${JSON.stringify(value)}\n`
}
