import { expect, test } from 'vitest'
import { readApplication } from '../core/application.ts'
import { substitute } from '../core/render/environment.ts'
import { environmentOf } from './build-environment.ts'

const source = { repoURL: 'https://git.example.com/a.git', path: 'web', targetRevision: 'main' }
const commit = '0123456789abcdef'

function environmentIn(namespace: string) {
  const metadata = { name: 'shop', namespace, uid: '1' }
  const spec = { project: 'team', source, destination: { name: 'in-cluster', namespace: 'prod' } }
  const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata, spec }
  const ref = { namespace, name: 'shop', uid: '1' }
  const about = { object, ref, label: '', specDigest: '', observed: '' }
  return environmentOf({ ...readApplication(object), ...about }, 'argocd')(source, commit)
}

test.each([
  ['$ARGOCD_APP_NAME in $ARGOCD_APP_NAMESPACE of $ARGOCD_APP_PROJECT_NAME', 'shop in prod of team'],
  ['$ARGOCD_APP_REVISION', commit],
  ['$ARGOCD_APP_REVISION_SHORT $ARGOCD_APP_REVISION_SHORT_8', '0123456 01234567'],
  ['$ARGOCD_APP_SOURCE_PATH', source.path],
  ['$ARGOCD_APP_SOURCE_REPO_URL', source.repoURL],
  ['$ARGOCD_APP_SOURCE_TARGET_REVISION', source.targetRevision],
  ['$$ARGOCD_APP_NAME costs $$5', '$ARGOCD_APP_NAME costs $5'],
  ['$KUBE_VERSION', '1.34.0'],
  ['$KUBE_API_VERSIONS', 'v1,apps/v1'],
])('%s of the build environment is %s (SRC-13)', (text, expected) => {
  const capabilities = { kubeVersion: '1.34.0', apiVersions: ['v1', 'apps/v1'] }
  expect(substitute(text, { ...environmentIn('argocd'), capabilities })).toBe(expected)
})

test('an Application of another namespace is called with its namespace (SRC-13, SRC-12)', () => {
  expect(environmentIn('team').appName).toBe('team_shop')
})
