import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { sha256Hex } from '../../core/digest.ts'
import { applicationsPath, configMap, isDeployed, whenApplication } from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createNamespace, type KubeObject } from '../harness/kube.ts'
import { payloadTexts } from '../harness/payload-texts.ts'
import { whenGone, whenThere } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const endpoints = inject('endpoints')
const namespace = 'e2e-deployment'
const name = 'shop'
const canary = 'canary-5d1f0c'
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "nginx:1.27"}]
`

let scene: Scene
let first = ''

const read = (plural: string, object: string) =>
  scene.kube.try('GET', `/api/v1/namespaces/${namespace}/${plural}/${object}`)
const value = async (object: string) => {
  const { body } = await read('configmaps', object)
  return (body.data as { value?: string } | undefined)?.value
}
/** Every run of the application so far. */
const histories = async () => {
  const connection = await Connection.connect({ address: endpoints.temporal })
  try {
    const client = new Client({ connection, namespace: 'driftless' })
    const found = []
    for await (const run of client.workflow.list({ query: `WorkflowId="app/argocd/${name}"` })) {
      found.push(await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory())
    }
    return found
  } finally {
    await connection.close()
  }
}

beforeAll(async () => {
  scene = await openScene(endpoints, namespace)
  await createNamespace(scene.kube, namespace)
  first = await scene.repository.push({
    'config.yaml': configMap('config', 'one'),
    'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata:\n  name: credentials\nstringData:\n  password: ${canary}\n`,
    'web.yaml': deployment,
  })
  await scene.create(name)
  await whenApplication(scene.kube, name, isDeployed(first))
})

afterAll(() => scene.close())

describe('an automated application', () => {
  it('brings its objects live with our tracking (TRACK-01)', async () => {
    const { body } = await read('configmaps', 'config')
    expect(body.metadata.annotations?.['argocd.argoproj.io/tracking-id']).toBe(
      `${name}:/ConfigMap:${namespace}/config`,
    )
    expect(body.metadata.labels?.['driftless.dev/application']).toBe(
      sha256Hex(`argocd/${name}`).slice(0, 20),
    )
  })

  it('runs fetch, render, diff, sync and health as activities', async () => {
    const scheduled = (await histories()).flatMap(({ events = [] }) =>
      (events ?? []).flatMap(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
      ),
    )
    expect(new Set(scheduled)).toEqual(new Set(['fetch', 'render', 'diff', 'sync', 'health']))
  })

  it('lets no value of a Secret into the history', async () => {
    const recorded = (await histories()).map((history) => historyToJSON(history))
    const texts = [...recorded, ...recorded.flatMap(payloadTexts)]
    expect(texts.length).toBeGreaterThan(recorded.length)
    expect(texts.some((text) => text.includes(`"name":"${name}"`))).toBe(true)
    const forms = [canary, Buffer.from(canary).toString('base64')]
    expect(texts.filter((text) => forms.some((form) => text.includes(form)))).toEqual([])
  })

  it('brings a push live and reports its revision', async () => {
    const head = await scene.push({ 'config.yaml': configMap('config', 'two') })
    await whenApplication(scene.kube, name, isDeployed(head))
    expect(await value('config')).toBe('two')
  })

  it('keeps and shows the old state when a push breaks a manifest, and names file and line', async () => {
    await scene.push({
      'config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config\n bad: [\n',
    })
    const { status } = await whenApplication(
      scene.kube,
      name,
      ({ sync }) => sync?.status === 'Unknown',
    )
    const [condition] = status?.conditions ?? []
    expect(condition?.type).toBe('ComparisonError')
    expect(condition?.message).toMatch(/config\.yaml:\d+/)
    expect(status?.resources?.map((resource) => resource.kind).sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'Secret',
    ])
    expect(await value('config')).toBe('two')
    const head = await scene.push({ 'config.yaml': configMap('config', 'three') })
    await whenApplication(scene.kube, name, isDeployed(head))
    expect(await value('config')).toBe('three')
  })

  it('prunes what a push removes', async () => {
    const added = await scene.push({ 'more.yaml': configMap('more', 'x') })
    await whenApplication(scene.kube, name, isDeployed(added))
    const removed = await scene.push({ 'more.yaml': null })
    await whenApplication(scene.kube, name, isDeployed(removed))
    await whenGone(scene.kube, `/api/v1/namespaces/${namespace}/configmaps/more`)
  })

  it('heals an object after an edit and after a deletion', async () => {
    const path = `/api/v1/namespaces/${namespace}/configmaps/config`
    const before = await scene.kube.request('GET', path)
    await scene.kube.patch(path, { data: { value: 'edited' } })
    await eventually(
      () => value('config'),
      (now) => now === 'three',
    )
    await scene.kube.request('DELETE', path)
    const again = await whenThere(scene.kube, path)
    expect(again.metadata.uid).not.toBe(before.metadata.uid)
    expect(await value('config')).toBe('three')
  })

  it('follows a revert and a force-push (HIST-04)', async () => {
    const bad = await scene.push({ 'config.yaml': configMap('config', 'four') })
    await whenApplication(scene.kube, name, isDeployed(bad))
    const reverted = await scene.repository.revert()
    await scene.announce()
    await whenApplication(scene.kube, name, isDeployed(reverted))
    expect(await value('config')).toBe('three')
    await scene.repository.forcePush(first)
    await scene.announce()
    await whenApplication(scene.kube, name, isDeployed(first))
    expect(await value('config')).toBe('one')
  })

  it('goes with its resources when it is deleted', async () => {
    await scene.kube.request('DELETE', `${applicationsPath}/${name}`)
    await whenGone(scene.kube, `${applicationsPath}/${name}`)
    expect((await read('configmaps', 'config')).status).toBe(404)
    const { items } = await scene.kube.request<{ items: readonly KubeObject[] }>(
      'GET',
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
    )
    expect(items).toEqual([])
  })
})
