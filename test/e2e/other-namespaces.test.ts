import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ApplicationStatus } from '../../core/status/status.ts'
import { send } from '../harness/api.ts'
import { applicationManifest, configMap, isDeployed } from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createNamespace, type KubeObject } from '../harness/kube.ts'
import { whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

// the stack of the tests looks at e2e-team-* beside its control namespace
const team = 'e2e-team-a'
const applications = `/apis/argoproj.io/v1alpha1/namespaces/${team}/applications`
const projects = '/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects'
const name = 'team-shop'
let scene: Scene

type Live = KubeObject & { readonly status?: ApplicationStatus }

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), team)
  await createNamespace(scene.kube, team)
})
afterAll(() => scene.close())

const when = (accept: (status: ApplicationStatus) => boolean) =>
  eventually(
    () => scene.kube.request<Live>('GET', `${applications}/${name}`),
    ({ status }) => status !== undefined && accept(status),
  )

describe('an Application in a namespace of its team (APP-13)', () => {
  it('is refused until its project permits the namespace, deployed by a push, and found by the API (PROJ-03, TRACK-06)', async () => {
    const { kube, repository } = scene
    await repository.push({ 'map.yaml': configMap(name, 'one') })
    const project = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: team }] }
    await kube.request('POST', projects, {
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject' },
      ...{ metadata: { name: 'team-a' }, spec: project },
    })
    const declared = { name, repoURL: repository.url, namespace: team, spec: { project: 'team-a' } }
    await kube.request('POST', applications, applicationManifest(declared))
    const { status } = await when(({ conditions = [] }) => conditions.length > 0)
    expect(status?.conditions?.[0]).toMatchObject({
      type: 'InvalidSpecError',
      message: expect.stringContaining(`does not permit Applications in the namespace ${team}`),
    })
    await kube.patch(`${projects}/team-a`, { spec: { sourceNamespaces: ['e2e-team-*'] } })
    const head = await scene.push({ 'map.yaml': configMap(name, 'two') })
    await when(isDeployed(head))
    const path = `/api/v1/namespaces/${team}/configmaps/${name}`
    const { metadata } = await kube.request('GET', path)
    expect(metadata.annotations?.['argocd.argoproj.io/tracking-id']).toBe(
      `${team}_${name}:/ConfigMap:${team}/${name}`,
    )
    await isFound()
    await kube.request('DELETE', `${applications}/${name}`)
    await whenGone(kube, `${applications}/${name}`)
    await whenGone(kube, path)
  })
})

/** With its namespace, and not as one of the control namespace or of a namespace that is not ours. */
async function isFound(): Promise<void> {
  const { api, adminPassword: password } = inject('endpoints')
  const login = { username: 'admin', password }
  const { body } = await send<{ token: string }>(api, 'POST', '/api/v1/session', login)
  const statusOf = async (query: string) => {
    const path = `/api/v1/applications/${name}${query}`
    const headers = { authorization: `Bearer ${body.token}` }
    return (await send(api, 'GET', path, undefined, headers)).status
  }
  expect(await statusOf(`?appNamespace=${team}`)).toBe(200)
  expect(await statusOf('')).toBe(404)
  expect(await statusOf('?appNamespace=default')).toBe(404)
}
