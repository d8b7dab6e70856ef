import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  type LiveApplication,
  whenApplication,
} from '../harness/application.ts'
import { createNamespace } from '../harness/kube.ts'
import { isThere, whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-family'
const child = `${applicationsPath}/family-child`
const config = `/api/v1/namespaces/${namespace}/configmaps/of-child`
let scene: Scene

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  await createNamespace(scene.kube, namespace)
})
afterAll(() => scene.close())

const files = (value: string, path = 'child') => ({
  'parent/child.yaml': JSON.stringify(
    applicationManifest({ name: 'family-child', repoURL: scene.repository.url, namespace, path }),
  ),
  'child/config.yaml': configMap('of-child', value),
})

it('an Application declares another one: both follow Git, and the child goes with what it deployed (HEALTH-23, HIST-05)', async () => {
  const { kube } = scene
  const first = await scene.push(files('one'))
  await scene.create('family-parent', {
    path: 'parent',
    spec: { destination: { server: 'https://kubernetes.default.svc', namespace: 'argocd' } },
  })
  await whenApplication(kube, 'family-parent', isDeployed(first))
  await whenApplication(kube, 'family-child', isDeployed(first))
  // what its child writes into its own status and annotations is no drift of the parent
  const operations = async () =>
    (await kube.request<LiveApplication>('GET', `${applicationsPath}/family-parent`)).status
      ?.history
  const before = await operations()
  const second = await scene.push(files('two'))
  await whenApplication(kube, 'family-child', isDeployed(second))
  expect(await operations()).toEqual(before)
  await kube.request('DELETE', `${applicationsPath}/family-parent`)
  await whenGone(kube, `${applicationsPath}/family-parent`)
  expect(await isThere(kube, child)).toBe(false)
  expect(await isThere(kube, config)).toBe(false)
})
