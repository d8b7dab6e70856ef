import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { configMap } from '../harness/application.ts'
import { auditedWrites } from '../harness/audit.ts'
import { endOf, type HostileScene, openHostileScene } from './hostile-scene.ts'
import { chart } from './render-scene.ts'

/** What strangers write into repositories and Applications to read our files or to run programs. */
const namespace = 'e2e-hostile-files'
let scene: HostileScene

beforeAll(async () => {
  scene = await openHostileScene(namespace)
  await scene.pushLinks(files(scene.marker), {
    'chart/links': '/etc',
    'chart/link.yaml': '/etc/passwd',
    'links/a.yaml': '/etc/passwd',
    'links-above/a.yaml': '../../../../../../../etc/passwd',
    'links-git/a.yaml': '../.git/config',
    linked: '/etc',
    'kustomize-link/a.yaml': '/etc/passwd',
    'lock/Chart.lock': scene.marker,
    'lock-yaml/Chart.yaml': '/etc/passwd',
  })
})
afterAll(() => scene.close())

function files(marker: string): Readonly<Record<string, string>> {
  const run = `apiVersion: v1\nkind: X\nmetadata:\n  name: x\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./touch.sh}\n`
  return {
    ...chart,
    'plain/a.yaml': configMap('plain', 'x'),
    'chart/templates/file.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-file"}\ndata: {f: {{ .Files.Get "links/passwd" | quote }}, g: {{ .Files.Get "link.yaml" | quote }}, h: {{ .Files.Get "../../../etc/passwd" | quote }}}\n',
    'links/b.yaml': configMap('links', 'x'),
    'kustomize-link/kustomization.yaml': 'resources: [a.yaml]\n',
    'kustomize-above/kustomization.yaml':
      'configMapGenerator: [{name: a, files: [../../../../../../etc/passwd]}]\n',
    'exec/kustomization.yaml': 'generators: [generator.yaml]\nresources: [a.yaml]\n',
    'exec/generator.yaml': run,
    'exec/touch.sh': `#!/bin/sh\ntouch ${marker}\n`,
    'exec/a.yaml': configMap('exec', 'x'),
    'exec-transformer/kustomization.yaml': `transformers:\n- |-\n  ${run.replaceAll('\n', '\n  ')}\n`,
    'charts/kustomization.yaml': `helmGlobals: {chartHome: ../chart}\nhelmCharts: [{name: chart, releaseName: x}]\n`,
    'lock/Chart.yaml': `apiVersion: v2\nname: lock\nversion: 1.0.0\ndependencies: [{name: chart, version: 1.0.0, repository: "file://../chart"}]\n`,
    'dependency/Chart.yaml':
      'apiVersion: v2\nname: d\nversion: 1.0.0\ndependencies: [{name: etc, version: 1.0.0, repository: "file:///etc"}]\n',
    // as if this folder were what git, LFS or Helm take for their own
    'hooks/post-checkout': `#!/bin/sh\ntouch ${marker}\n`,
    'plain/.git-hooks/reference-transaction': `#!/bin/sh\ntouch ${marker}\n`,
    '.gitattributes': '* filter=evil diff=evil\n*.yaml export-subst\n',
    '.lfsconfig': `[lfs]\n\turl = ext::sh -c "touch ${marker}"\n\tcustomtransfer = x\n`,
    '.gitconfig': `[filter "evil"]\n\tsmudge = touch ${marker}\n[core]\n\tfsmonitor = touch ${marker}\n`,
    'chart/plugin.yaml': `name: p\ncommand: touch ${marker}\nhooks: {install: "touch ${marker}"}\n`,
  }
}

/** Neither the status nor the cluster has anything of our files. */
async function expectNothingRead(name: string, source: object): Promise<string> {
  const status = await scene.attack(name, source)
  const { items } = await scene.kube.request<{ items: { data?: unknown }[] }>(
    'GET',
    `/api/v1/namespaces/${namespace}/configmaps`,
  )
  const texts = JSON.stringify([status, items.filter(({ data }) => !isOfTheCluster(data))])
  expect(texts).not.toMatch(/root:|daemon:|\[core\]/)
  return `${name}: ${endOf(status)}`
}

/** The certificate that every namespace has. */
function isOfTheCluster(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'ca.crt' in data
}

const refused = /: (render|git-access|manifest-syntax|InvalidSpecError)$/

describe('H1: a path that leaves the repository (path traversal)', () => {
  it('reads nothing as a value file, a path, or the address of a chart', async () => {
    const sources: Record<string, object> = {
      above: { path: 'chart', helm: { valueFiles: ['../../../../../../etc/passwd'] } },
      scheme: { path: 'chart', helm: { valueFiles: ['file:///etc/passwd'] } },
      rooted: { path: 'chart', helm: { valueFiles: ['/etc/passwd'] } },
      encoded: { path: 'chart', helm: { valueFiles: ['%2e%2e/%2e%2e/%2e%2e/etc/passwd'] } },
      'behind-a-link': { path: 'chart', helm: { valueFiles: ['links/../../../etc/passwd'] } },
      link: { path: 'chart', helm: { valueFiles: ['links/passwd'] } },
      path: { path: '../../../../etc' },
      'path-rooted': { path: '/etc' },
      'path-inside': { path: 'plain/../../../etc' },
      dependency: { path: 'dependency' },
      generator: { path: 'kustomize-above' },
    }
    const attacks = Object.entries(sources)
    const ends = await Promise.all(
      attacks.map(([name, source]) => expectNothingRead(`h1-${name}`, source)),
    )
    for (const end of ends) expect(end).toMatch(refused)
  })
})

describe('H2: a link out of the repository (symlink following)', () => {
  it('is followed by nothing: a directory, its own path, a kustomization, a file of a chart', async () => {
    const sources: Record<string, object> = {
      file: { path: 'links' },
      above: { path: 'links-above' },
      git: { path: 'links-git' },
      folder: { path: 'linked' },
      kustomize: { path: 'kustomize-link' },
      'chart-yaml': { path: 'lock-yaml' },
      chart: { path: 'chart' },
    }
    const attacks = Object.entries(sources)
    const ends = await Promise.all(
      attacks.map(([name, source]) => expectNothingRead(`h2-${name}`, source)),
    )
    for (const end of ends) expect(end).toMatch(refused)
  })
})

describe('H13: an option in the place of a value (argument injection)', () => {
  it('starts no program and changes none, in Git, Helm and Kustomize', async () => {
    const { marker } = scene
    const sources: Record<string, object> = {
      revision: { path: 'plain', targetRevision: `--upload-pack=touch ${marker}` },
      repository: { repoURL: `-oProxyCommand=touch ${marker}`, path: '.' },
      'repository-host': { repoURL: `ssh://-oProxyCommand=touch ${marker}/a`, path: '.' },
      'repository-scp': { repoURL: `git@-oProxyCommand=touch ${marker}:a`, path: '.' },
      'repository-ext': { repoURL: `ext::sh -c "touch ${marker}"`, path: '.' },
      'repository-path': { repoURL: `git@127.0.0.1:--upload-pack=touch ${marker}`, path: '.' },
      path: { path: `--output=${marker}` },
      release: { path: 'plain-chart', helm: { releaseName: `--post-renderer=${marker}` } },
      parameter: {
        path: 'plain-chart',
        helm: { parameters: [{ name: '--kubeconfig', value: marker }] },
      },
      'kube-version': { path: 'plain-chart', helm: { kubeVersion: `--output-dir=${marker}` } },
      'api-versions': { path: 'plain-chart', helm: { apiVersions: [`--output-dir=${marker}`] } },
      'value-file': { path: 'plain-chart', helm: { valueFiles: [`--post-renderer=${marker}`] } },
      'kustomize-version': { path: 'exec-free', kustomize: { version: '../../../../bin/touch' } },
      'kustomize-prefix': { path: 'exec-free', kustomize: { namePrefix: '--enable-exec' } },
      'kustomize-image': {
        path: 'exec-free',
        kustomize: { images: ['--enable-alpha-plugins=true'] },
      },
      'kustomize-component': {
        path: 'exec-free',
        kustomize: { components: [`--output=${marker}`] },
      },
    }
    await scene.repository.push({
      'plain-chart/Chart.yaml': chart['chart/Chart.yaml'],
      'plain-chart/templates/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-plain"}\n',
      'exec-free/kustomization.yaml': 'resources: [a.yaml]\n',
      'exec-free/a.yaml': configMap('exec-free', 'x'),
    })
    await scene.announce()
    const ends = await Promise.all(
      Object.entries(sources).map(
        async ([name, source]) => [name, endOf(await scene.attack(`h13-${name}`, source))] as const,
      ),
    )
    expect(scene.wasAttacked()).toBe(false)
    // where a text may be anything it stays a text
    const harmless = ends.filter(([, end]) => end === 'harmless').map(([name]) => name)
    expect(harmless).toEqual(['parameter', 'api-versions', 'kustomize-image'])
  })
})

describe('H14: a program in the repository (code execution by the tools)', () => {
  it('is never run: plugins of kustomize, hooks, filters, LFS, links of Helm', async () => {
    const pids = scene.pids()
    const sources: Record<string, object> = {
      exec: { path: 'exec' },
      'exec-transformer': { path: 'exec-transformer' },
      'helm-of-kustomize': { path: 'charts' },
      lock: { path: 'lock' },
      plain: { path: 'plain' },
      hooks: { path: 'hooks' },
    }
    await Promise.all(
      Object.entries(sources).map(([name, source]) => scene.attack(`h14-${name}`, source)),
    )
    expect(scene.wasAttacked()).toBe(false)
    expect(scene.pids()).toEqual(pids)
    // the harmless neighbour was deployed all the same
    const written = auditedWrites(inject('stackDir'), namespace).map(({ name }) => name)
    expect(written).toContain('plain')
  })

  it('is never run by a submodule', async () => {
    const { marker, repository } = scene
    await repository.push({
      'modules/a.yaml': configMap('modules', 'x'),
      '.gitmodules': `[submodule "m"]\n\tpath = modules/m\n\turl = ext::sh -c "touch ${marker}"\n\tupdate = !touch ${marker}\n`,
    })
    await repository.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${'a'.repeat(40)},modules/m`,
    )
    await repository.git('commit', '--quiet', '--message', 'module')
    await repository.forcePush('HEAD')
    const status = await scene.attack('h14-submodule', {
      path: 'modules',
      directory: { recurse: true },
    })
    expect(status?.driftless?.failure?.evidence).toContain('is not the address of a repository')
    expect(scene.wasAttacked()).toBe(false)
  })
})
