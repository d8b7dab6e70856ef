import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { applicationsPath, configMap, isSynced, whenApplication } from '../harness/application.ts'
import { auditedWrites } from '../harness/audit.ts'
import { createNamespace } from '../harness/kube.ts'
import { whenGone } from '../harness/presence.ts'
import { endOf, type HostileScene, openHostileScene } from './hostile-scene.ts'

/** What one project tries in the places of another. */
const namespace = 'e2e-hostile-projects'
const others = 'e2e-hostile-others'
const projects = '/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects'
let scene: HostileScene

beforeAll(async () => {
  scene = await openHostileScene(namespace)
  await createNamespace(scene.kube, others)
  await scene.kube.request('POST', projects, {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'h6-a' } },
    spec: {
      sourceRepos: [scene.repository.url],
      destinations: [{ server: 'https://kubernetes.default.svc', namespace }],
      namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }],
    },
  })
  await scene.push({
    'own/a.yaml': configMap('own', 'one'),
    'foreign/a.yaml': configMap('stolen', 'x').replace(
      'name: stolen',
      `name: stolen\n  namespace: ${others}`,
    ),
    'kind/a.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: stolen}\n',
    'cluster/a.yaml':
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: h6-stolen}\nrules: []\n',
    'lookup/Chart.yaml': 'apiVersion: v2\nname: lookup\nversion: 1.0.0\n',
    'lookup/templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lookup}\ndata: {found: {{ lookup "v1" "Secret" "argocd" "" | toJson | quote }}}\n',
  })
})
afterAll(async () => {
  await scene.kube.try('DELETE', `${projects}/h6-a`)
  await scene.close()
})

const source = (path: string, repoURL = scene.repository.url) => ({
  ...{ repoURL, path, targetRevision: 'HEAD' },
})

async function refusalOf(name: string, spec: object): Promise<string> {
  await scene.create(name, { spec: { project: 'h6-a', source: source('own'), ...spec } })
  const { status } = await whenApplication(scene.kube, name, (seen) => endOf(seen) !== 'harmless')
  return endOf(status)
}

describe('H6: what belongs to another project (boundary bypass)', () => {
  it('is not written: repository, cluster, namespace, kind, and what no namespace holds (SYNC-10, PROJ-17)', async () => {
    const server = 'https://kubernetes.default.svc'
    const ends = await Promise.all([
      refusalOf('h6-repository', { source: source('own', `${scene.repository.url}/../x.git`) }),
      refusalOf('h6-namespace', { destination: { server, namespace: others } }),
      refusalOf('h6-cluster', { destination: { name: 'nowhere', namespace } }),
      refusalOf('h6-foreign', { source: source('foreign') }),
      refusalOf('h6-kind', { source: source('kind') }),
      refusalOf('h6-scope', { source: source('cluster') }),
    ])
    expect(ends).toEqual([
      ...Array<string>(3).fill('InvalidSpecError'),
      ...Array<string>(3).fill('permission'),
    ])
    for (const place of [others, namespace]) {
      const names = auditedWrites(inject('stackDir'), place).map(({ name }) => name)
      expect(names).not.toContain('stolen')
    }
    const role = '/apis/rbac.authorization.k8s.io/v1/clusterroles/h6-stolen'
    expect((await scene.kube.try('GET', role)).status).toBe(404)
  })

  it('is not written either when the project takes it back later, nor deleted (PROJ-18, HIST-08)', async () => {
    await scene.create('h6-later', { spec: { project: 'h6-a', source: source('own') } })
    await whenApplication(scene.kube, 'h6-later', isSynced)
    const forbidden = [{ group: '', kind: 'ConfigMap' }]
    await scene.kube.patch(`${projects}/h6-a`, { spec: { namespaceResourceBlacklist: forbidden } })
    await scene.push({ 'own/a.yaml': configMap('own', 'two') })
    await whenApplication(scene.kube, 'h6-later', (status) => endOf(status) === 'permission')
    await scene.kube.request('DELETE', `${applicationsPath}/h6-later`)
    await whenGone(scene.kube, `${applicationsPath}/h6-later`)
    expect(await scene.data('own')).toEqual({ value: 'one' })
  })

  it('is not reached by a name with a slash', async () => {
    const { status } = await scene.kube.try('POST', applicationsPath, {
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
      ...{ metadata: { name: 'default/h6' }, spec: { project: 'h6-a', destination: {} } },
    })
    expect(status).toBe(422)
  })
})

describe('H17: rights that a render does not have (impersonation loss)', () => {
  it('gives `lookup` nothing of the cluster', async () => {
    await scene.attack('h17-lookup', { path: 'lookup' })
    await whenApplication(scene.kube, 'h17-lookup', isSynced)
    expect(await scene.data('lookup')).toEqual({ found: '{}' })
  })
})
