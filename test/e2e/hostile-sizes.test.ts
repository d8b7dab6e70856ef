import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configMap, isSynced, whenApplication } from '../harness/application.ts'
import { type ChartServer, startChartRepository } from '../harness/chart-server.ts'
import { packChart } from '../harness/packed-chart.ts'
import { endOf, type HostileScene, openHostileScene } from './hostile-scene.ts'

/** What strangers write to take all time and memory. */
const namespace = 'e2e-hostile-sizes'
const megabyte = 1024 * 1024
let scene: HostileScene
let charts: ChartServer

beforeAll(async () => {
  scene = await openHostileScene(namespace)
  charts = await startChartRepository()
  const swollen = { 'files/zeros': '0'.repeat(101 * megabyte) }
  charts.publish('swollen', '1.0.0', await packChart('swollen', '1.0.0', swollen))
  const many = Array.from({ length: 20_001 }, (_, at) => [`files/${at}`, ''] as const)
  charts.publish('many', '1.0.0', await packChart('many', '1.0.0', Object.fromEntries(many)))
  await scene.push(files())
})
afterAll(async () => {
  await charts.close()
  await scene.close()
})

function files(): Readonly<Record<string, string>> {
  const head = (name: string) => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`
  const levels = Array.from({ length: 12 }, (_, at) => {
    const inner = at === 0 ? '"x"' : `*l${at - 1}`
    return `l${at}: &l${at} [${Array(10).fill(inner).join(', ')}]`
  })
  return {
    'neighbour/a.yaml': configMap('neighbour', 'x'),
    'aliases/a.yaml': `${configMap('aliases', 'x')}bomb:\n  ${levels.join('\n  ')}\n`,
    'large/a.yaml': `${configMap('large', 'x')}# ${'a'.repeat(300 * megabyte)}\n`,
    'recursive/Chart.yaml': head('recursive'),
    'recursive/templates/a.yaml':
      '{{ define "a" }}{{ include "a" . }}{{ include "a" . }}{{ end }}{{ include "a" . }}\n',
    'loop/Chart.yaml': head('loop'),
    'loop/templates/a.yaml': configMap('loop', 'x'),
    'loop/values.schema.json': JSON.stringify({
      $ref: '#/definitions/a',
      definitions: { a: { allOf: [{ $ref: '#/definitions/b' }] }, b: { $ref: '#/definitions/a' } },
    }),
  }
}

describe('H8: what swells or does not end (resource exhaustion in render)', () => {
  it('is ended by a limit, and a neighbour is deployed meanwhile by the same process', async () => {
    const pids = scene.pids()
    const chart = (name: string) => ({ repoURL: `http://${charts.host}`, chart: name })
    const sources: Record<string, object> = {
      aliases: { path: 'aliases' },
      large: { path: 'large' },
      recursive: { path: 'recursive' },
      loop: { path: 'loop' },
      'gzip-bomb': { ...chart('swollen'), path: '', targetRevision: '1.0.0' },
      'tar-bomb': { ...chart('many'), path: '', targetRevision: '1.0.0' },
    }
    const attacks = Promise.all(
      Object.entries(sources).map(
        async ([name, source]) => [name, endOf(await scene.attack(`h8-${name}`, source))] as const,
      ),
    )
    await scene.deploy('h8-neighbour', { path: 'neighbour' })
    await whenApplication(scene.kube, 'h8-neighbour', isSynced)
    const ends = await attacks
    expect(ends.filter(([, end]) => !/^(render|manifest-syntax|git-access)$/.test(end))).toEqual([])
    expect(scene.pids()).toEqual(pids)
  })

  it('as a jq expression of an Application is ended, and the others go on', async () => {
    const pids = scene.pids()
    await scene.create('h8-jq', {
      path: 'neighbour',
      spec: {
        source: { repoURL: scene.repository.url, path: 'neighbour', targetRevision: 'HEAD' },
        ignoreDifferences: [{ kind: 'ConfigMap', jqPathExpressions: ['.data | until(false; .)'] }],
      },
    })
    await scene.attack('h8-after', { path: 'neighbour' })
    await whenApplication(
      scene.kube,
      'h8-jq',
      (status) => endOf(status) !== 'harmless' || isSynced(status),
    )
    expect(scene.pids()).toEqual(pids)
  })
})
