import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { configMap, isDeployed, whenApplication } from '../harness/application.ts'
import { openRenderScene, type RenderScene } from './render-scene.ts'

const namespace = 'e2e-jsonnet'
let scene: RenderScene
let head = ''

beforeAll(async () => {
  scene = await openRenderScene(inject('endpoints'), namespace)
  head = await scene.repository.push({
    'app/plain.yaml': configMap('plain', 'one'),
    'app/web.jsonnet': `
      local map = import 'map.libsonnet';
      local text = importstr '../shared/text.txt';
      function(size='small') [
        map('first', { color: std.extVar('color'), number: std.toString(std.extVar('number') + 1) }),
        [map('second', { size: size, text: text, app: std.extVar('app') })],
        null,
      ]
    `,
    'vendor/map.libsonnet': `
      local head = import 'head.libsonnet';
      function(name, data) head { kind: 'ConfigMap', metadata: { name: name }, data: data }
    `,
    'vendor/head.libsonnet': `{ apiVersion: 'v1' }`,
    'shared/text.txt': 'hello',
    'shared/other.txt': 'nothing of ours',
  })
})
afterAll(() => scene.close())

describe('a directory with Jsonnet programs', () => {
  it('is rendered with variables, arguments and libraries, beside its manifests (DIR-05, DIR-06)', async () => {
    await scene.deploy('jsonnet', {
      path: 'app',
      directory: {
        jsonnet: {
          libs: ['vendor'],
          extVars: [
            { name: 'color', value: 'red' },
            { name: 'number', value: '1 + 1', code: true },
            { name: 'app', value: '$ARGOCD_APP_NAME' },
          ],
          tlas: [{ name: 'size', value: 'large' }],
        },
      },
    })
    const { status } = await whenApplication(scene.kube, 'jsonnet', isDeployed(head))
    expect(await scene.data('first')).toEqual({ color: 'red', number: '3' })
    expect(await scene.data('second')).toEqual({ size: 'large', text: 'hello', app: 'jsonnet' })
    expect(await scene.data('plain')).toEqual({ value: 'one' })
    expect(status?.conditions ?? []).toEqual([])
  })

  it('is rendered again when a file changes that it imports, and only then', async () => {
    await scene.push({ 'shared/other.txt': 'still nothing' })
    const next = await scene.push({ 'shared/text.txt': 'bye' })
    const { status } = await whenApplication(scene.kube, 'jsonnet', isDeployed(next))
    expect(await scene.data('second')).toMatchObject({ text: 'bye' })
    expect(status?.history).toHaveLength(2)
    const library = await scene.push({ 'vendor/head.libsonnet': `{ apiVersion: 'v1', x:: 1 }` })
    await whenApplication(scene.kube, 'jsonnet', isDeployed(library))
  })
})
