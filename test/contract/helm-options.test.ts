import { describe, expect, it } from 'vitest'
import type { ApplicationSource } from '../../core/application.ts'
import { type OneRepository, renderCasesOf } from './render-cases.ts'

type Helm = NonNullable<ApplicationSource['helm']>
type Around = Parameters<OneRepository['render']>[1]

/** A chart that shows what it is told. */
const shows = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  values: {{ omit .Values "global" | toJson | quote }}
  namespace: {{ .Release.Namespace }}
  kube: {{ .Capabilities.KubeVersion.Version | quote }}
  widgets: {{ .Capabilities.APIVersions.Has "example.com/v1/Widget" | quote }}
`
const files = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
  'chart/values.yaml': 'from: chart\n',
  'chart/values.schema.json': '{"properties":{"size":{"type":"number"}}}',
  'chart/templates/shows.yaml': shows,
  'chart/templates/test.yaml':
    'apiVersion: v1\nkind: Pod\nmetadata: {name: test, annotations: {helm.sh/hook: test}}\n',
  'chart/crds/widget.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\n',
  'chart/own.yaml': 'from: own\nown: true\n',
  'chart/envs/a.yaml': 'last: a\na: true\n',
  'chart/envs/b.yaml': 'last: b\nb: true\n',
  'chart/envs/deep/c.yaml': 'last: c\nc: true\n',
  'shared/root.yaml': 'from: root\n',
  'shared/rel.txt': 'a text,\nwith a comma\n',
}
const cases = renderCasesOf(files)

const objects = (helm: Helm, around?: Around) => cases.render({ path: 'chart', helm }, around)
const refusal = (helm: Helm) => cases.refusal({ path: 'chart', helm })

async function shown(helm: Helm, around?: Around) {
  const found = await objects(helm, around)
  const config = found.find(({ kind }) => kind === 'ConfigMap')
  const { values = '', namespace, ...told } = (config?.data ?? {}) as Record<string, string>
  return { ...told, namespace, values: JSON.parse(values), name: config?.metadata.name }
}
const valuesOf = async (helm: Helm, around?: Around) => (await shown(helm, around)).values

describe('the value files of a chart', () => {
  it('lie beside it, or with a leading / at the root, and never outside (HELM-01)', async () => {
    expect(await valuesOf({ valueFiles: ['own.yaml'] })).toEqual({ from: 'own', own: true })
    expect(await valuesOf({ valueFiles: ['/shared/root.yaml'] })).toEqual({ from: 'root' })
    expect(await valuesOf({ valueFiles: ['../shared/root.yaml'] })).toEqual({ from: 'root' })
    for (const file of ['../../etc/hostname', '/../etc/hostname'])
      expect(await refusal({ valueFiles: [file] })).toContain('leaves the repository')
  })

  it.each([
    ['envs/*.yaml', { last: 'b', a: true, b: true }],
    ['envs/**/*.yaml', { last: 'c', a: true, b: true, c: true }],
    ['/chart/envs/?.yaml', { last: 'b', a: true, b: true }],
  ])('that fit %s are taken in lexical order (HELM-02)', async (glob, expected) => {
    expect(await valuesOf({ valueFiles: [glob] })).toEqual({ from: 'chart', ...expected })
  })

  it('keep their place where they are named beside a glob (HELM-02)', async () => {
    const last = async (...valueFiles: string[]) => (await valuesOf({ valueFiles })).last
    expect(await last('envs/*.yaml', 'envs/a.yaml')).toBe('a')
    expect(await last('envs/b.yaml', 'envs/*.yaml')).toBe('a')
    expect(await last('envs/b.yaml', 'envs/a.yaml', 'envs/b.yaml')).toBe('b')
  })

  it('may only be missing where the source says so (HELM-02, HELM-03)', async () => {
    for (const file of ['gone.yaml', 'gone/*.yaml', 'envs']) {
      expect(await refusal({ valueFiles: [file] })).toContain(`the value file ${file} does not`)
      const valueFiles = [file, 'own.yaml']
      expect(await valuesOf({ valueFiles, ignoreMissingValueFiles: true })).toMatchObject({
        own: true,
      })
    }
  })

  it('may be named by the build environment (SRC-13)', async () => {
    const around = { name: 'own' }
    const named = { valueFiles: ['$ARGOCD_APP_NAME.yaml', '/shared/root.yaml'] }
    expect(await valuesOf(named, around)).toMatchObject({ from: 'root', own: true })
  })
})

describe('the values of a chart', () => {
  it('come from an object before a text (HELM-04)', async () => {
    expect(await valuesOf({ values: 'from: text\n' })).toEqual({ from: 'text' })
    const both = { values: 'from: text\ntext: true\n', valuesObject: { from: 'object' } }
    expect(await valuesOf(both)).toEqual({ from: 'object' })
  })

  it('are set by parameters, as text where that is forced (HELM-05)', async () => {
    const parameters = [
      { name: 'number', value: '1' },
      { name: 'text', value: '1', forceString: true },
      { name: 'deep.er[0]', value: 'a,b' },
      { name: 'list', value: '{a,b}' },
      { name: 'app', value: 'of $ARGOCD_APP_NAME, $$HOME, $UNKNOWN' },
      { name: 'kube', value: '$KUBE_VERSION' },
    ]
    const around = { name: 'web', kubeVersion: 'v1.33.0' }
    expect(await valuesOf({ parameters }, around)).toEqual({
      ...{ from: 'chart', number: 1, text: '1', deep: { er: ['a,b'] }, list: ['a', 'b'] },
      ...{ app: 'of web, $HOME, $UNKNOWN', kube: 'v1.33.0' },
    })
  })

  it('are set by the text of files (HELM-06, SRC-13)', async () => {
    const fileParameters = [{ name: 'text', path: '../shared/$ARGOCD_APP_NAME.txt' }]
    expect(await valuesOf({ fileParameters })).toMatchObject({ text: 'a text,\nwith a comma\n' })
    const outside = [{ name: 'text', path: '../../../etc/hostname' }]
    expect(await refusal({ fileParameters: outside })).toContain('leaves the repository')
  })

  it('count in the order of files, text or object, parameters (HELM-07)', async () => {
    const steps: readonly Helm[] = [
      { valueFiles: ['own.yaml', '/shared/root.yaml'] },
      { values: 'from: text\n' },
      { valuesObject: { from: 'object' } },
      { parameters: [{ name: 'from', value: 'parameter' }] },
    ]
    const winners = await Promise.all(
      steps.map(async (_, index) => {
        const values = await valuesOf(Object.assign({}, ...steps.slice(0, index + 1)))
        return values.from
      }),
    )
    expect(winners).toEqual(['root', 'text', 'object', 'parameter'])
  })

  it('are checked against the schema of the chart unless that is skipped (HELM-13)', async () => {
    const valuesObject = { size: 'large' }
    expect(await refusal({ valuesObject })).toMatch(/size/)
    expect(await valuesOf({ valuesObject, skipSchemaValidation: true })).toMatchObject(valuesObject)
  })
})

describe('a release', () => {
  it('has the name of the Application, or its own (HELM-08)', async () => {
    expect((await shown({ skipTests: true }, { name: 'web' })).name).toBe('web')
    expect((await shown({ releaseName: 'shop' }, { name: 'web' })).name).toBe('shop')
    const long = await refusal({ releaseName: 'x'.repeat(54) })
    expect(long).toMatch(/^spec\.source\.helm\.releaseName: .*at most 53/)
  })

  it('is rendered for v3 and v4 of Helm alike, and for nothing else (HELM-09)', async () => {
    for (const version of ['', 'v3', 'v4'])
      expect(await valuesOf({ version, skipTests: true })).toEqual({ from: 'chart' })
    expect(await refusal({ version: 'v2' })).toBe(
      'spec.source.helm.version: v2 is neither v3 nor v4',
    )
  })

  it('brings its definitions and tests along unless they are skipped (HELM-11, HELM-12)', async () => {
    const kinds = async (helm: Helm) => (await objects(helm)).map(({ kind }) => kind).sort()
    expect(await kinds({ version: 'v3' })).toEqual(['ConfigMap', 'CustomResourceDefinition', 'Pod'])
    expect(await kinds({ skipCrds: true })).toEqual(['ConfigMap', 'Pod'])
    expect(await kinds({ skipTests: true })).toEqual(['ConfigMap', 'CustomResourceDefinition'])
  })

  it('is told the namespace of the destination, or another one (HELM-14)', async () => {
    const around = { namespace: 'prod' }
    expect((await shown({ skipTests: true }, around)).namespace).toBe('prod')
    expect((await shown({ namespace: 'other' }, around)).namespace).toBe('other')
    // where the objects go is not the chart's to say
    const [first] = await objects({ namespace: 'other', skipCrds: true }, around)
    expect(first?.metadata.namespace).toBeUndefined()
  })

  it('is told the version and the kinds of the cluster, or others (HELM-15)', async () => {
    const around = { kubeVersion: 'v1.30.11-gke.100+IKS', apiVersions: ['example.com/v1/Widget'] }
    const told = { kube: 'v1.30.11', widgets: 'true' }
    expect(await shown({ skipTests: true }, around)).toMatchObject(told)
    expect(await shown({ apiVersions: [] }, around)).toMatchObject(told)
    const others = { kubeVersion: '1.21.0', apiVersions: ['v1'] }
    expect(await shown(others, around)).toMatchObject({ kube: 'v1.21.0', widgets: 'false' })
  })

  it('runs no post-renderer, whatever its names and values look like (HELM-24, H13)', async () => {
    expect(await refusal({ releaseName: '--post-renderer=/bin/true' })).toContain('no release name')
    const parameters = [{ name: 'a', value: '--post-renderer=/bin/true' }]
    expect(await valuesOf({ parameters })).toMatchObject({ a: '--post-renderer=/bin/true' })
    const unknown = { postRenderer: '/bin/true', skipTests: true } as Helm
    expect(await valuesOf(unknown)).toEqual({ from: 'chart' })
  })
})
