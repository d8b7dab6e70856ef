import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { configMap, failureOf, isDeployed, whenApplication } from '../harness/application.ts'
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

  it.each([
    ['absolute', `{ x: importstr '/etc/hostname' }`, 'import of /etc/hostname is refused'],
    ['verbatim', `{ x: importstr @"/etc/hostname" }`, 'is refused'],
    ['outside', `{ x: importstr '../../../etc/hostname' }`, 'leaves the repository'],
    ['hidden', `local a = "// import '"; { x: importstr '/etc/hostname' }`, 'is refused'],
  ])('reads no file of the machine: %s (H1)', async (name, text, evidence) => {
    await scene.push({ [`hostile-${name}/x.jsonnet`]: text })
    await scene.deploy(`jsonnet-${name}`, { path: `hostile-${name}` })
    expect(await failureOf(scene.kube, `jsonnet-${name}`)).toMatchObject({
      cause: 'render',
      evidence: expect.stringContaining(evidence),
    })
  })

  it('says what is wrong by file and line, without the values that it was given', async () => {
    await scene.push({ 'broken/x.jsonnet': `error 'with ' + std.extVar('secret')` })
    await scene.deploy('jsonnet-broken', {
      path: 'broken',
      directory: { jsonnet: { extVars: [{ name: 'secret', value: 'canary-of-jsonnet' }] } },
    })
    const failure = await failureOf(scene.kube, 'jsonnet-broken')
    expect(failure).toMatchObject({
      cause: 'render',
      evidence: expect.stringMatching(/broken\/x\.jsonnet:1/),
    })
    expect(JSON.stringify(failure)).not.toContain('canary')
  })
})
