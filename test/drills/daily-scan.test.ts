import { afterAll, beforeAll, expect, it } from 'vitest'
import { applicationLabel } from '../../core/digest.ts'
import { configMap, isDeployed, whenApplication } from '../harness/application.ts'
import { createNamespace } from '../harness/kube.ts'
import { isThere, whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { type Stack, startStack } from '../harness/stack.ts'

const namespace = 'drill-scan'
let stack: Stack
let scene: Scene

beforeAll(async () => {
  // a day in a second
  stack = await startStack({ env: { DRIFTLESS_SCAN_SECONDS: '1' } })
  scene = await openScene(stack.endpoints, namespace)
  await createNamespace(stack.kube, namespace)
})

afterAll(async () => {
  await scene.close()
  await stack.stop()
})

it('what an application owns in a kind that nobody watches is found by the daily scan, and pruned (AUTO-02)', async () => {
  const { kube, repository } = scene
  const head = await repository.push({ 'config.yaml': configMap('declared', 'x') })
  await scene.create('scanned')
  await whenApplication(kube, 'scanned', isDeployed(head))
  const limits = `/api/v1/namespaces/${namespace}/limitranges`
  const name = 'forgotten'
  const labels = { 'driftless.dev/application': applicationLabel('argocd', 'scanned') }
  const annotations = {
    'argocd.argoproj.io/tracking-id': `scanned:/LimitRange:${namespace}/${name}`,
  }
  await kube.request('POST', limits, {
    metadata: { name, labels, annotations },
    spec: { limits: [] },
  })
  await whenGone(kube, `${limits}/${name}`)
  expect(await isThere(kube, `/api/v1/namespaces/${namespace}/configmaps/declared`)).toBe(true)
  await whenApplication(kube, 'scanned', isDeployed(head))
})
