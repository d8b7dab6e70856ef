import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { configMap, failureOf, isDeployed, whenApplication } from '../harness/application.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { pushWebhook } from '../harness/webhook.ts'
import { chart, openRenderScene, type RenderScene } from './render-scene.ts'

const namespace = 'e2e-sources'
let scene: RenderScene
let values: ScratchRepository

beforeAll(async () => {
  scene = await openRenderScene(inject('endpoints'), namespace)
  values = await createScratchRepository('values')
  await scene.repository.push({
    ...chart,
    'base/kustomization.yaml': 'resources: [config.yaml]\n',
    'base/config.yaml': configMap('base', 'one'),
    'plain/config.yaml': configMap('plain', 'one'),
    ...moved('web'),
    'also/kustomization.yaml': 'resources: [config.yaml]\n',
    'also/config.yaml': configMap('base', 'two'),
  })
  await values.push({ 'web/values.yaml': 'color: red\n' })
})
afterAll(async () => {
  await values.close()
  await scene.close()
})

describe('parameters in the repository (SRC-12)', () => {
  it('change what is rendered, those of the application last, and a change of them renders anew', async () => {
    const head = await scene.push({
      'chart/.argocd-source.yaml':
        'repoURL: https://example.com/other.git\nhelm: {valuesObject: {color: green, size: big}}\n',
      'chart/.argocd-source-own.yaml': 'helm: {valuesObject: {size: huge}}\n',
    })
    await scene.deploy('own', { path: 'chart', helm: { valuesObject: { shape: 'flat' } } })
    await whenApplication(scene.kube, 'own', isDeployed(head))
    expect(await scene.data('own-chart')).toMatchObject({
      ...{ color: 'green', size: 'huge', shape: 'flat' },
    })
    const next = await scene.push({
      'chart/.argocd-source-own.yaml': 'helm: {valuesObject: {size: tiny}}\n',
    })
    await whenApplication(scene.kube, 'own', isDeployed(next))
    expect(await scene.data('own-chart')).toMatchObject({ color: 'green', size: 'tiny' })
  })

  it('work for a kustomization, and are no manifests of a plain directory', async () => {
    const head = await scene.push({
      'base/.argocd-source.yaml': 'kustomize: {namePrefix: pre-}\n',
      'plain/.argocd-source-somebody.yaml': 'directory: {recurse: true}\n',
    })
    await scene.deploy('prefixed', { path: 'base' })
    await scene.deploy('beside-overrides', { path: 'plain' })
    await whenApplication(scene.kube, 'prefixed', isDeployed(head))
    await whenApplication(scene.kube, 'beside-overrides', isDeployed(head))
    expect(await scene.data('pre-base')).toEqual({ value: 'one' })
    expect(await scene.data('plain')).toEqual({ value: 'one' })
  })

  it('lead nobody out of the repository', async () => {
    await scene.push({
      ...moved('escape'),
      'escape/.argocd-source.yaml': 'helm: {valueFiles: ["../../../../etc/hostname"]}\n',
    })
    await scene.deploy('escape', { path: 'escape' })
    expect(await failureOf(scene.kube, 'escape')).toMatchObject({
      cause: 'render',
      evidence: expect.stringContaining('leaves the repository'),
    })
  })
})

describe('an Application with several sources (APP-06)', () => {
  it('is rendered from all of them, with value files of another repository (SRC-08)', async () => {
    const sources = [
      {
        ...{ repoURL: scene.repository.url, path: 'web', targetRevision: 'HEAD' },
        helm: { releaseName: 'several', valueFiles: ['$values/web/values.yaml'] },
      },
      { repoURL: values.url, ref: 'values' },
      { repoURL: scene.repository.url, path: 'also', kustomize: { namePrefix: 'also-' } },
    ]
    await scene.create('several', { spec: { source: undefined, sources } })
    const [head, of] = [await scene.repository.head(), await values.head()]
    const { status } = await whenApplication(scene.kube, 'several', isDeployed(head))
    expect(await scene.data('several-chart')).toMatchObject({ color: 'red' })
    expect(await scene.data('also-base')).toEqual({ value: 'two' })
    expect(status?.sync).toMatchObject({ revisions: [head, of, head], comparedTo: { sources } })
    expect(status?.sourceTypes).toEqual(['Helm', '', 'Kustomize'])
    expect(status?.history).toMatchObject([{ sources, revisions: [head, of, head] }])
  })

  it('is deployed by a push to any of its repositories, and not by one that changes nothing of it', async () => {
    await values.push({ 'elsewhere.yaml': 'x: 1\n' })
    await announce(values)
    const of = await values.push({ 'web/values.yaml': 'color: pink\n' })
    await announce(values)
    const { status } = await whenApplication(
      scene.kube,
      'several',
      ({ sync, history }) => sync?.revisions?.[1] === of && history?.length === 2,
    )
    expect(await scene.data('several-chart')).toMatchObject({ color: 'pink' })
    expect(status?.history).toHaveLength(2)
  })

  it('says which ref it does not know', async () => {
    const source = {
      ...{ repoURL: scene.repository.url, path: 'web' },
      helm: { valueFiles: ['$other/values.yaml'] },
    }
    await scene.create('lost', { spec: { source: undefined, sources: [source] } })
    expect(await failureOf(scene.kube, 'lost')).toMatchObject({
      cause: 'render',
      evidence: expect.stringContaining('no source has the ref other'),
    })
  })

  it('reads no file of a repository outside of it by its ref', async () => {
    const sources = [
      {
        ...{ repoURL: scene.repository.url, path: 'web' },
        helm: { valueFiles: ['$values/../../etc/hostname'] },
      },
      { repoURL: values.url, ref: 'values' },
    ]
    await scene.create('out', { spec: { source: undefined, sources } })
    expect(await failureOf(scene.kube, 'out')).toMatchObject({
      cause: 'render',
      evidence: expect.stringContaining('leaves the repository'),
    })
  })
})

/** The chart in another folder. */
function moved(folder: string) {
  const files = Object.entries(chart).map(([path, text]) => [
    path.replace('chart/', `${folder}/`),
    text,
  ])
  return Object.fromEntries(files) as Readonly<Record<string, string>>
}

async function announce(repository: ScratchRepository): Promise<void> {
  const { status, body } = await pushWebhook(inject('endpoints').api, await repository.lastPush())
  if (status !== 200) throw new Error(`the push was not taken: ${status} ${body}`)
}
