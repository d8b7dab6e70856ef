import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { configMap, failureOf, isSynced, whenApplication } from '../harness/application.ts'
import { chart, openRenderScene, type RenderScene } from './render-scene.ts'

const namespace = 'e2e-render-hostile'
let scene: RenderScene

beforeAll(async () => {
  scene = await openRenderScene(inject('endpoints'), namespace)
  await scene.repository.push(chart)
})
afterAll(() => scene.close())

describe('what strangers write', () => {
  it.each([
    ['file-name', { fileParameters: [{ name: 'f=/etc/hostname,g', path: 'values.yaml' }] }],
    ['file-path', { fileParameters: [{ name: 'f', path: '/etc/hostname' }] }],
    ['file-braces', { fileParameters: [{ name: 'f', path: '{/etc/hostname}' }] }],
    ['value-address', { valueFiles: ['http://127.0.0.1:1/values.yaml'] }],
  ])('reads no file of ours through Helm: %s (H1)', async (name, helm) => {
    await scene.push({
      // the same names inside of the repository must not open the others
      'etc/hostname': 'inside',
      'chart/{/etc/hostname}': 'inside',
      'chart/templates/file.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-file"}\ndata: {f: {{ .Values.f | default "" | quote }}}\n',
    })
    await scene.deploy(`hostile-${name}`, { path: 'chart', helm })
    const { status } = await whenApplication(
      scene.kube,
      `hostile-${name}`,
      ({ driftless, operationState }) =>
        driftless?.failure !== undefined || operationState?.finishedAt !== undefined,
    )
    const read = await scene.kube.try<{ data?: { f?: string } }>(
      'GET',
      `/api/v1/namespaces/${namespace}/configmaps/hostile-${name}-file`,
    )
    expect(status?.driftless?.failure?.cause ?? 'none').toMatch(/^(render|none)$/)
    expect(['inside', '', undefined]).toContain(read.body.data?.f)
  })

  it('takes a value file with a comma in its name for one file (H1)', async () => {
    await scene.push({ 'values/a,b.yaml': 'color: comma\n' })
    await scene.deploy('hostile-comma', {
      path: 'chart',
      helm: { valueFiles: ['../values/a,b.yaml'] },
    })
    await whenApplication(scene.kube, 'hostile-comma', isSynced)
    expect(await scene.data('hostile-comma-chart')).toMatchObject({ color: 'comma' })
  })

  it('sends no request for a kustomization (H3)', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end('data: x\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const kustomizations = {
      openapi: `openapi: {path: "${address}/openapi"}\nresources: [config.yaml]\n`,
      generator: `configMapGenerator: [{name: a, files: ["a=${address}/generator"]}]\n`,
      case: `configmapGenerator: [{name: a, Files: ["a=${address}/case"]}]\n`,
      plugin: `generators:\n- |-\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n  metadata: {name: a}\n  files: ["a=${address}/plugin"]\n`,
    }
    for (const [name, text] of Object.entries(kustomizations)) {
      await scene.push({
        [`hostile/${name}/kustomization.yaml`]: text,
        [`hostile/${name}/config.yaml`]: configMap('x', 'x'),
      })
      await scene.deploy(`hostile-${name}`, { path: `hostile/${name}` })
      expect(await failureOf(scene.kube, `hostile-${name}`)).toMatchObject({ cause: 'render' })
    }
    expect(asked).toEqual([])
    server.close()
  })

  it('stops a template that wants all memory, and tells no value in an error', async () => {
    await scene.push({
      'bomb/Chart.yaml': 'apiVersion: v2\nname: bomb\nversion: 1.0.0\n',
      'bomb/templates/a.yaml':
        '{{ $a := repeat 1000000000 "a" }}{{ $b := repeat 1000000000 "b" }}\n',
      'telling/Chart.yaml': 'apiVersion: v2\nname: telling\nversion: 1.0.0\n',
      'telling/templates/a.yaml': '{{ fail (printf "bad password %s" .Values.password) }}\n',
    })
    await scene.deploy('hostile-bomb', { path: 'bomb' })
    expect((await failureOf(scene.kube, 'hostile-bomb'))?.evidence).toMatch(
      /used more than|took longer than/,
    )
    await scene.deploy('hostile-telling', {
      path: 'telling',
      helm: { valuesObject: { password: 'canary-hunter2' } },
    })
    const failure = await failureOf(scene.kube, 'hostile-telling')
    expect(failure?.evidence).toContain('bad password ***')
    expect(JSON.stringify(failure)).not.toContain('canary')
  })
})
