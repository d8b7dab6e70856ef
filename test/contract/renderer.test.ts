import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTools, type ToolPaths, type Tools, type Workspace } from '../../clients/tools.ts'
import { RenderError } from '../../core/errors.ts'
import { providePrograms } from '../../deploy/local/build/programs.ts'
import { readExternal } from '../../deploy/local/external.ts'
import { configMap } from '../harness/application.ts'

type Files = Readonly<Record<string, string>>
type Work = (workspace: Workspace) => Promise<string>

const chartOf = (templates: Files, more: Files = {}): Files => ({
  'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
  'chart/values.yaml': 'color: blue\nlist: [a, b]\n',
  ...Object.fromEntries(
    Object.entries(templates).map(([name, text]) => [`chart/templates/${name}`, text]),
  ),
  ...more,
})
const template =
  (...args: readonly string[]): Work =>
  (workspace) =>
    workspace.helm('chart', ['template', 'web', '.', '--namespace=shop', ...args])
const build =
  (...options: readonly string[]): Work =>
  (workspace) =>
    workspace.kustomize('.', '', options)
const shown = 'kind: ConfigMap\ndata: {{ .Values | toJson }}\n'
const wide = configMap('a', 'b')

/** Charts and kustomizations, good and bad, each with its command line. */
const cases: Readonly<Record<string, readonly [Files, Work]>> = {
  'values of every kind': [
    chartOf({ 'a.yaml': shown }),
    template('--set=color=red,list={x}', '--set-string=n=1', '--set=deep.er[1]=y', '--set=n2=007'),
  ],
  'what charts are told': [
    chartOf({
      'a.yaml':
        'kind: ConfigMap\ndata: {v: {{ .Capabilities.KubeVersion }}, a: {{ .Capabilities.APIVersions.Has "x/v1" }}, h: {{ .Capabilities.HelmVersion.Version }}, r: {{ .Release | toJson }}, c: {{ .Chart | toJson }}, l: {{ lookup "v1" "Secret" "" "" | toJson }}, d: {{ getHostByName "localhost" | quote }}}\n',
    }),
    template('--kube-version=1.33.2', '--api-versions=x/v1', '--api-versions=y/v1,z/v1'),
  ],
  'hooks, tests, notes and definitions': [
    chartOf(
      {
        'z.yaml': 'kind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n',
        'h.yaml':
          'kind: Job\nmetadata: {name: j, annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "2"}}\n---\nkind: Namespace\n---\nkind: Service\n',
        'NOTES.txt': 'thank you',
      },
      { 'chart/crds/w.yaml': 'kind: CustomResourceDefinition\n' },
    ),
    template('--include-crds', '--skip-tests'),
  ],
  'a subchart with conditions and imports': [
    chartOf(
      { 'a.yaml': shown },
      {
        'chart/Chart.yaml':
          'apiVersion: v2\nname: chart\nversion: 1.0.0\ndependencies: [{name: sub, version: 1.0.0, condition: sub.on, import-values: [out]}]\n',
        'chart/charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
        'chart/charts/sub/values.yaml': 'exports: {out: {from: sub}}\n',
        'chart/charts/sub/templates/s.yaml': shown,
      },
    ),
    template('--set=sub.on=true'),
  ],
  'no namespace': [
    chartOf({ 'a.yaml': 'kind: ConfigMap\ndata: {n: {{ .Release.Namespace }}}\n' }),
    (workspace) => workspace.helm('chart', ['template', 'web', '.', '--namespace=']),
  ],
  'an error in a template': [chartOf({ 'a.yaml': 'a: {{ .Values.x.y }}\n' }), template()],
  'a template that fails': [chartOf({ 'a.yaml': '{{ fail "no, thank you" }}\n' }), template()],
  'a template without end': [
    chartOf({ 'a.yaml': '{{ define "r" }}{{ include "r" . }}{{ end }}{{ include "r" . }}\n' }),
    template(),
  ],
  'no manifest': [chartOf({ 'a.yaml': 'kind: ConfigMap\ndata:\n  a: b: c\n' }), template()],
  'a missing dependency': [
    chartOf(
      {},
      {
        'chart/Chart.yaml':
          'apiVersion: v2\nname: chart\nversion: 1.0.0\ndeprecated: true\ndependencies: [{name: gone, version: 1.0.0}]\n',
      },
    ),
    template(),
  ],
  'a library': [
    chartOf({}, { 'chart/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\ntype: library\n' }),
    template(),
  ],
  'no chart': [{ 'chart/values.yaml': '' }, template()],
  'values against the schema': [
    chartOf(
      { 'a.yaml': shown },
      { 'chart/values.schema.json': '{"properties":{"color":{"type":"number"}}}' },
    ),
    template(),
  ],
  'a wrong version of Kubernetes': [chartOf({}), template('--kube-version=lots')],
  'a value file that is not there': [chartOf({}), template('--values=/nonexistent/a.yaml')],
  'an option that is none of ours': [chartOf({ 'a.yaml': shown }), template('--no-such-option')],
  'a file of the machine (H1)': [
    chartOf({ 'a.yaml': '{{ .Files.Get "/etc/hostname" }}{{ .Files.Get "../../x" }}\n' }),
    template(),
  ],
  'a kustomization': [
    {
      'kustomization.yaml':
        'namePrefix: p-\nnamespace: shop\ncommonLabels: {a: b}\nresources: [base]\nconfigMapGenerator: [{name: g, literals: [a=b]}]\npatches: [{target: {kind: ConfigMap, name: a}, patch: "[{op: add, path: /data/x, value: y}]"}]\n',
      'base/kustomization.yaml': 'resources: [a.yaml]\nimages: [{name: x, newTag: v1}]\n',
      'base/a.yaml': wide,
    },
    build('--reorder=legacy'),
  ],
  'no kustomization': [{ 'a.yaml': wide }, build()],
  'a resource out of its root': [
    { 'kustomization.yaml': 'resources: [../../etc.yaml]\n' },
    build('--load-restrictor=LoadRestrictionsRootOnly'),
  ],
  'a resource that is no manifest': [
    { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'a: b: c\n' },
    build(),
  ],
  'a function of a stranger (H3)': [
    {
      'kustomization.yaml': 'transformers: [f.yaml]\n',
      'f.yaml':
        'apiVersion: v1\nkind: F\nmetadata:\n  name: f\n  annotations: {config.kubernetes.io/function: "exec: {path: /bin/true}"}\n',
    },
    build(),
  ],
  'a chart in a kustomization (H3)': [
    { 'kustomization.yaml': 'helmCharts: [{name: a, repo: "http://127.0.0.1:1"}]\n' },
    build(),
  ],
  'a base from elsewhere (H3)': [
    { 'kustomization.yaml': 'resources: ["http://127.0.0.1:1/a.yaml"]\n' },
    build(),
  ],
}

let dir = ''
let paths: ToolPaths
let commandLine: Tools
let longLived: Tools

beforeAll(async () => {
  const programs = await providePrograms(readExternal(), AbortSignal.timeout(600_000))
  const program = (name: string) => programs.command('helm', name)
  paths = {
    ...{ helm: program('helm'), kustomize: program('kustomize') },
    ...{ renderer: program('driftless-renderer'), jsonnet: '', search: '', versions: new Map() },
  }
  commandLine = createTools({ ...paths, renderer: undefined })
  longLived = createTools(paths)
  dir = mkdtempSync(join(tmpdir(), 'driftless-renderers-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** What it renders, or how it refuses. */
async function outcome(tools: Tools, files: Files, work: Work): Promise<string> {
  try {
    return await tools.workspace(async (workspace) => {
      for (const [path, text] of Object.entries(files)) await workspace.put(path, text)
      return await work(workspace)
    })
  } catch (error) {
    if (!(error instanceof RenderError)) throw error
    return `refused: ${error.message}`
  }
}

/** A renderer that answers which version it is and ends at its first render. */
function dyingRenderer(version: string): string {
  const file = join(dir, `renderer-${version}`)
  const died = join(dir, 'died')
  writeFileSync(
    file,
    `#!/bin/sh\n[ "$1" = version ] && echo "helm ${version}" && exit\necho died >> ${died}\n`,
    { mode: 0o700 },
  )
  return file
}
const deaths = () => {
  const file = join(dir, 'died')
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0
}

describe('a renderer that stays', () => {
  it.each(Object.entries(cases))(
    'says the same as the command line: %s',
    async (_, [files, work]) => {
      const said = await outcome(commandLine, files, work)
      expect(said).not.toBe('')
      expect(await outcome(longLived, files, work)).toBe(said)
    },
  )

  it('has nothing that fetches: an address is a file that is not there (H3)', async () => {
    const files = chartOf({ 'a.yaml': shown })
    for (const option of ['--values=http://127.0.0.1:1/a', '--set-file=a=http://127.0.0.1:1/a'])
      expect(await outcome(longLived, files, template(option))).toContain(
        'no such file or directory',
      )
  })

  it('leaves a render to the command line when it dies, and when it is of another version', async () => {
    const [files, work] = cases['values of every kind'] ?? []
    if (files === undefined || work === undefined) return
    const said = await outcome(commandLine, files, work)
    const dying = createTools({ ...paths, renderer: dyingRenderer('v3.21.4') })
    for (const count of [1, 2]) {
      expect(await outcome(dying, files, work)).toBe(said)
      expect(deaths()).toBe(count)
    }
    const other = createTools({ ...paths, renderer: dyingRenderer('v3.1.0') })
    expect(await outcome(other, files, work)).toBe(said)
    expect(deaths()).toBe(2)
  })

  it('is ended by a render that wants all memory, which fails, and renders the next one', async () => {
    const greedy = chartOf({
      'a.yaml': '{{ range until 9 }}{{ $_ := repeat 1000000000 "a" }}{{ $_ }}{{ end }}\n',
    })
    const [files, work] = cases['a kustomization'] ?? []
    if (files === undefined || work === undefined) return
    const [bomb, beside] = await Promise.all([
      outcome(longLived, greedy, template()),
      outcome(longLived, files, work),
    ])
    expect(bomb).toMatch(/refused: helm (used|wrote|took longer) /)
    expect(beside).toContain('kind: ConfigMap')
    expect(await outcome(longLived, files, work)).toBe(beside)
  })
})
