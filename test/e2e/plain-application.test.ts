import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  isOutOfSync,
  refreshed,
  whenApplication,
} from '../harness/application.ts'
import { byHand } from '../harness/operation.ts'
import { whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-plain'
let scene: Scene

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
})
afterAll(() => scene.close())

describe('a plain Argo CD Application', () => {
  it('works unchanged, and its namespace is created and belongs to nobody (SYNCP-08)', async () => {
    const { kube, repository } = scene
    const head = await repository.push({ 'plain/config.yaml': configMap('plain', 'one') })
    const syncPolicy = {
      automated: { prune: true, selfHeal: true },
      syncOptions: ['CreateNamespace=true'],
    }
    await scene.create('plain', { path: 'plain', spec: { revisionHistoryLimit: 10, syncPolicy } })
    const { status } = await whenApplication(kube, 'plain', isDeployed(head))
    expect(status?.conditions ?? []).toEqual([])
    const { metadata } = await kube.request('GET', `/api/v1/namespaces/${namespace}`)
    expect(metadata.labels?.['driftless.dev/application']).toBeUndefined()
    expect(metadata.annotations?.['argocd.argoproj.io/tracking-id']).toBeUndefined()
  })
})

describe('an Application that declares itself', () => {
  it('is deleted with what it deployed, and does not wait for its own end (HIST-08, HIST-10)', async () => {
    const { kube, repository } = scene
    const declared = { name: 'itself', repoURL: repository.url, namespace, path: 'itself' }
    const manifest = applicationManifest(declared)
    const own = { ...manifest, metadata: { ...manifest.metadata, namespace: 'argocd' } }
    const head = await repository.push({
      'itself/application.yaml': JSON.stringify(own),
      'itself/config.yaml': configMap('itself', 'one'),
    })
    await scene.create('itself', { path: 'itself' })
    await whenApplication(kube, 'itself', isDeployed(head))
    await kube.request('DELETE', `${applicationsPath}/itself`)
    await whenGone(kube, `${applicationsPath}/itself`)
    await whenGone(kube, `/api/v1/namespaces/${namespace}/configmaps/itself`)
  })
})

describe('a refresh', () => {
  it('is done when its annotation is gone (AUTO-03, AUTO-04)', async () => {
    const { kube, repository } = scene
    await repository.push({ 'fresh/config.yaml': configMap('fresh', 'one') })
    await scene.create('fresh', { path: 'fresh', spec: byHand })
    await whenApplication(kube, 'fresh', isOutOfSync)
    for (const kind of ['normal', 'hard'] as const) {
      // no webhook tells of this commit
      const head = await repository.push({ 'fresh/config.yaml': configMap('fresh', kind) })
      const { status } = await refreshed(kube, 'fresh', kind)
      expect(status?.sync?.revision).toBe(head)
    }
  })
})
