import { groupOf } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'

/** What `cluster add` makes in a cluster, so that Driftless may work there (CLUS-04). */
export type Manager = {
  /** Where the account lives. */
  readonly systemNamespace: string
  /** The only namespaces that it may touch; empty for the whole cluster. */
  readonly namespaces: readonly string[]
}

const account = 'driftless-manager'
const rbac = 'rbac.authorization.k8s.io'
/** The Secret that the cluster itself fills with a token which does not end. */
export const managerToken = `${account}-token`

/** The account, its rights and its token, in the order in which they are made. */
export function managerObjects({ systemNamespace, namespaces }: Manager): readonly Manifest[] {
  const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
  const grants =
    namespaces.length === 0
      ? grant('ClusterRole', [everything, { nonResourceURLs: ['*'], verbs: ['*'] }])
      : namespaces.flatMap((namespace) => grant('Role', [everything], namespace))
  const token: Manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...{ name: managerToken, namespace: systemNamespace },
      annotations: { 'kubernetes.io/service-account.name': account },
    },
    type: 'kubernetes.io/service-account-token',
  }
  const metadata = { name: account, namespace: systemNamespace }
  return [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata }, ...grants, token]

  function grant(
    kind: 'Role' | 'ClusterRole',
    rules: readonly object[],
    namespace?: string,
  ): readonly Manifest[] {
    const head = { ...(namespace !== undefined && { namespace }), name: `${account}-role` }
    const apiVersion = `${rbac}/v1`
    const subject = { kind: 'ServiceAccount', name: account, namespace: systemNamespace }
    return [
      { apiVersion, kind, metadata: head, rules },
      {
        ...{ apiVersion, kind: `${kind}Binding` },
        metadata: { ...head, name: `${account}-role-binding` },
        roleRef: { apiGroup: rbac, kind, name: head.name },
        subjects: [subject],
      },
    ]
  }
}

/** Where the API server has one of these objects; their plurals are regular. */
export function managerPath({ apiVersion, kind, metadata }: Manifest): string {
  const root = groupOf(apiVersion) === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`
  const { namespace, name } = metadata
  const inside = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${root}${inside}/${kind.toLowerCase()}s/${encodeURIComponent(name ?? '')}`
}

/** One of these objects as kubectl names it. */
export function managerName({ apiVersion, kind, metadata }: Manifest): string {
  const group = groupOf(apiVersion)
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${metadata.name}`
}
