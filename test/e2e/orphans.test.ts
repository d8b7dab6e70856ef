import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { applicationLabel } from '../../core/digest.ts'
import { applicationsPath, configMap, isDeployed, whenApplication } from '../harness/application.ts'
import { createNamespace } from '../harness/kube.ts'
import { isThere, whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-orphans'
let scene: Scene

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  await createNamespace(scene.kube, namespace)
})

afterAll(() => scene.close())

// as a worker leaves it that dies between its first write and its first status
const policies = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`
const leaveBehind = (name: string) =>
  scene.kube.request('POST', policies, {
    metadata: {
      name: `left-by-${name}`,
      labels: { 'driftless.dev/application': applicationLabel('argocd', name) },
      annotations: {
        'argocd.argoproj.io/tracking-id': `${name}:networking.k8s.io/NetworkPolicy:${namespace}/left-by-${name}`,
      },
    },
    spec: { podSelector: {} },
  })

it('deletes what an Application owns also when its status knows of nothing', async () => {
  const { kube, repository } = scene
  const name = 'orphans'
  await leaveBehind(name)
  await repository.push({ 'README.md': 'nothing to deploy' })
  await scene.create(name, { spec: { syncPolicy: {} } })
  await kube.request('DELETE', `${applicationsPath}/${name}`)
  await whenGone(kube, `${applicationsPath}/${name}`)
  expect(await isThere(kube, `${policies}/left-by-${name}`)).toBe(false)
})

it('finds it with a hard refresh', async () => {
  const { kube, repository } = scene
  const name = 'found'
  const head = await repository.push({ 'found/config.yaml': configMap('found', 'x') })
  await scene.create(name, { path: name })
  await whenApplication(kube, name, isDeployed(head))
  await leaveBehind(name)
  const annotations = { 'argocd.argoproj.io/refresh': 'hard' }
  await kube.patch(`${applicationsPath}/${name}`, { metadata: { annotations } })
  await whenGone(kube, `${policies}/left-by-${name}`)
})
