import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { configMap, isDeployed, whenApplication } from '../../harness/application.ts'
import { createNamespace } from '../../harness/kube.ts'
import { openScene, type Scene } from '../../harness/scene.ts'
import { type Stack, startStack } from '../../harness/stack.ts'

const namespace = 'drill-render'
// a render has 90 s
const patienceMs = 150_000
let stack: Stack
let scene: Scene

beforeAll(async () => {
  stack = await startStack()
  scene = await openScene(stack.endpoints, namespace)
  await createNamespace(scene.kube, namespace)
})

afterAll(async () => {
  await scene.close()
  await stack.stop()
})

it('R12: a renderer that does not end is ended, and told; others are deployed meanwhile, and it too when it is mended', async () => {
  const folder = join(stack.dir, 'plugins')
  const kind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ConfigManagementPlugin' }
  const spec = { generate: { command: ['sh', '-c', 'test -e endless && sleep 1000; cat map.txt'] } }
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'slow.yaml'),
    JSON.stringify({ ...kind, metadata: { name: 'slow' }, spec }),
  )
  await scene.repository.push({
    'slow/endless': '',
    'slow/map.txt': configMap('slow', 'mended'),
    'quick/map.yaml': configMap('quick', 'meanwhile'),
  })
  const { url: repoURL } = scene.repository
  const source = { repoURL, path: 'slow', plugin: { name: 'slow' } }
  await scene.create('slow', { spec: { source } })
  await scene.create('quick', { path: 'quick' })
  await whenApplication(scene.kube, 'quick', ({ sync }) => sync?.status === 'Synced')
  const { status } = await whenApplication(
    scene.kube,
    'slow',
    ({ driftless }) => driftless?.failure !== undefined,
    patienceMs,
  )
  expect(status?.conditions?.map(({ message }) => message).join()).toMatch(/plugin slow.*90 s/)
  expect(status?.sync?.status).toBe('Unknown')
  const head = await scene.push({ 'slow/endless': null })
  await whenApplication(scene.kube, 'slow', isDeployed(head), patienceMs)
})
