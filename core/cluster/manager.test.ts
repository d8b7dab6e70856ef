import { describe, expect, it } from 'vitest'
import { readClusterSecret } from './declared.ts'
import { managerName, managerObjects, managerPath } from './manager.ts'
import { clusterSecretOf } from './secret.ts'

describe('what a command makes in a cluster (CLUS-04)', () => {
  const names = (namespaces: readonly string[]) =>
    managerObjects({ systemNamespace: 'kube-system', namespaces }).map(managerName)

  it('is an account with all rights and its token', () => {
    const group = 'rbac.authorization.k8s.io'
    expect(names([])).toEqual([
      'serviceaccount/driftless-manager',
      `clusterrole.${group}/driftless-manager-role`,
      `clusterrolebinding.${group}/driftless-manager-role-binding`,
      'secret/driftless-manager-token',
    ])
  })

  it('has rights in the namespaces only that are named', () => {
    const paths = managerObjects({ systemNamespace: 'ops', namespaces: ['a', 'b'] }).map(
      managerPath,
    )
    const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces'
    expect(paths).toEqual([
      '/api/v1/namespaces/ops/serviceaccounts/driftless-manager',
      `${roles}/a/roles/driftless-manager-role`,
      `${roles}/a/rolebindings/driftless-manager-role-binding`,
      `${roles}/b/roles/driftless-manager-role`,
      `${roles}/b/rolebindings/driftless-manager-role-binding`,
      '/api/v1/namespaces/ops/secrets/driftless-manager-token',
    ])
  })
})

it('the Secret of a cluster is read as it was written (CLUS-01)', () => {
  const cluster = {
    ...{ name: 'stage', server: 'https://[fd00::1]:6443', project: 'shop' },
    access: { bearerToken: 'token', tlsClientConfig: { insecure: true } },
    scope: { namespaces: ['a', 'b'], clusterResources: true },
  }
  const secret = clusterSecretOf(cluster)
  expect(readClusterSecret(secret)).toEqual({
    ...cluster,
    ...{ secret: secret.metadata.name, problems: [] },
  })
  expect(secret.metadata.name).toMatch(/^cluster-[a-z0-9]([a-z0-9.-]*[a-z0-9])?-[0-9a-f]{12}$/)
})
