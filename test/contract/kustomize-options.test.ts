import { describe, expect, it } from 'vitest'
import type { ApplicationSource } from '../../core/application.ts'
import { renderCasesOf } from './render-cases.ts'

type Kustomize = NonNullable<ApplicationSource['kustomize']>

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: front}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: "web:1.0"}
        - {name: side, image: "registry.example.com:5000/side@sha256:aa"}
`
const files = {
  'app/kustomization.yaml':
    'resources: [web.yaml]\nimages: [{name: side, newTag: unused}]\ncommonAnnotations: {team: shop}\n',
  'app/web.yaml': deployment,
  'app/patch.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {paused: true}\n',
  'component/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [more.yaml]\n',
  'component/more.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n',
}
const cases = renderCasesOf(files)

type Deployment = {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly spec: {
    readonly replicas: number
    readonly selector: unknown
    readonly template: {
      readonly metadata: unknown
      readonly spec: { readonly containers: readonly { readonly image: string }[] }
    }
  }
}

const built = (kustomize: Kustomize) => cases.render({ path: 'app', kustomize })
const refusal = (kustomize: Kustomize) => cases.refusal({ path: 'app', kustomize })
async function web(kustomize: Kustomize): Promise<Deployment> {
  const found = await built(kustomize)
  return found.find(({ kind }) => kind === 'Deployment') as unknown as Deployment
}

describe('what an Application says to a kustomization is what kustomize makes of it', () => {
  it('prefix, suffix and namespace, which is not that of the destination (KUST-01, KUST-07)', async () => {
    const { metadata } = await web({ namePrefix: 'a-', nameSuffix: '-b', namespace: 'prod' })
    expect(metadata).toMatchObject({ name: 'a-web-b', namespace: 'prod' })
  })

  it('images, of which only the named ones change (KUST-02)', async () => {
    const imagesOf = async (...images: string[]) => {
      const { spec } = await web({ images })
      return spec.template.spec.containers.map(({ image }) => image)
    }
    const side = 'registry.example.com:5000/side'
    expect(await imagesOf('web:2.0')).toEqual(['web:2.0', `${side}@sha256:aa`])
    expect(await imagesOf('web=hub.example.com:5000/new', `${side}:3`)).toEqual([
      'hub.example.com:5000/new:1.0',
      `${side}:3`,
    ])
    expect(await imagesOf('web=new@sha256:bb')).toEqual(['new@sha256:bb', `${side}@sha256:aa`])
  })

  it('replicas, as a number or a text that is one (KUST-03)', async () => {
    for (const count of [3, '3']) {
      const { spec } = await web({ replicas: [{ name: 'web', count }] })
      expect(spec.replicas).toBe(3)
    }
    const many = await refusal({ replicas: [{ name: 'web', count: 'many' }] })
    expect(many).toBe('spec.source.kustomize.replicas: many of web is no number')
  })

  it('labels, in selectors and templates where they are wanted there (KUST-04)', async () => {
    const commonLabels = { env: 'prod' }
    const everywhere = await web({ commonLabels })
    expect(everywhere.spec.selector).toEqual({ matchLabels: { app: 'web', env: 'prod' } })
    const without = { commonLabels, labelWithoutSelector: true }
    const outside = await web(without)
    expect(outside.metadata.labels).toEqual({ tier: 'front', env: 'prod' })
    expect(outside.spec.selector).toEqual({ matchLabels: { app: 'web' } })
    expect(outside.spec.template.metadata).toMatchObject({ labels: { app: 'web' } })
    const templates = await web({ ...without, labelIncludeTemplates: true })
    expect(templates.spec.selector).toEqual({ matchLabels: { app: 'web' } })
    expect(templates.spec.template.metadata).toMatchObject({ labels: { app: 'web', env: 'prod' } })
    expect(await refusal({ commonLabels, labelIncludeTemplates: true })).toMatch(
      /labelIncludeTemplates: set labelWithoutSelector too/,
    )
  })

  it('annotations, which overwrite those of the kustomization only by force (KUST-05)', async () => {
    const commonAnnotations = { team: 'other' }
    expect(await refusal({ commonAnnotations })).toContain('set forceCommonAnnotations')
    const forced = await web({ commonAnnotations, forceCommonAnnotations: true })
    expect(forced.metadata.annotations).toEqual(commonAnnotations)
  })

  it('annotations with the build environment where the flag asks for it (KUST-06, SRC-13)', async () => {
    const commonAnnotations = { app: '$ARGOCD_APP_NAME at $KUBE_VERSION', price: '$$5' }
    const plain = await web({ commonAnnotations })
    expect(plain.metadata.annotations).toMatchObject(commonAnnotations)
    const put = await web({ commonAnnotations, commonAnnotationsEnvsubst: true })
    expect(put.metadata.annotations).toMatchObject({ app: 'rel at 1.34.0', price: '$5' })
  })

  it('patches, inline or in a file, for one object or for a target (KUST-08)', async () => {
    const target = { kind: 'Deployment', labelSelector: 'tier=front' }
    const json = '[{"op": "replace", "path": "/metadata/name", "value": "renamed"}]'
    const found = await built({
      patches: [
        { path: 'patch.yaml' },
        { patch: 'kind: Any\nmetadata: {name: any}\nspec: {replicas: 7}\n', target },
        { patch: json, target, options: { allowNameChange: true } },
      ],
    })
    expect(found).toMatchObject([
      { metadata: { name: 'renamed' }, spec: { paused: true, replicas: 7 } },
    ])
    const nothing = [{ patch: json, target: { kind: 'Job' } }]
    expect(await built({ patches: nothing })).toMatchObject([{ metadata: { name: 'web' } }])
    expect(await refusal({ patches: [{ path: '../../etc/passwd' }] })).toContain('leaves the')
  })

  it('a version, which the operator has to have (KUST-10)', async () => {
    expect(await built({ version: 'v5' })).toHaveLength(1)
    expect(await refusal({ version: 'v1.0.0' })).toMatch(
      /^spec\.source\.kustomize\.version: v1\.0\.0 is not here \(there is: v5\)/,
    )
  })

  it('components, of which one that is missing is an error unless it may be (KUST-09)', async () => {
    const components = ['../component']
    expect((await built({ components })).map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'Deployment',
    ])
    const gone = { components: ['../component', '../gone'] }
    expect(await refusal(gone)).toContain('../gone is no file or folder')
    expect(await built({ ...gone, ignoreMissingComponents: true })).toHaveLength(2)
  })
})
