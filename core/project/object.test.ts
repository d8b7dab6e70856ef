import { expect, it } from 'vitest'
import { readProject } from '../project.ts'
import { whyForbidden } from './object.ts'

const project = readProject({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'shop', namespace: 'argocd' },
  spec: {
    destinations: [{ server: 'https://kubernetes.default.svc', namespace: 'shop-*' }],
    clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
    namespaceResourceBlacklist: [{ group: 'apps', kind: 'DaemonSet' }],
  },
})
const destination = { server: 'https://kubernetes.default.svc', namespace: 'shop-a' }

it.each([
  ['/ConfigMap/shop-a/settings', undefined],
  ['/ConfigMap/shop-b/settings', undefined],
  ['/Namespace//anything', undefined],
  [
    '/ConfigMap/kube-system/settings',
    'the project shop does not permit objects in the namespace kube-system; add it to its destinations',
  ],
  [
    'apps/DaemonSet/shop-a/agent',
    'the project shop does not permit apps/DaemonSet; add it to its namespaceResourceWhitelist',
  ],
  [
    'rbac.authorization.k8s.io/ClusterRole//admin',
    'the project shop does not permit rbac.authorization.k8s.io/ClusterRole; add it to its clusterResourceWhitelist',
  ],
] as const)('PROJ-17: of the object %s it says %s', (key, expected) => {
  expect(whyForbidden(project, destination, key)).toBe(expected)
})
