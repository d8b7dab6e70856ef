import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { isDeployed, whenApplication } from '../harness/application.ts'
import { creationsIn } from '../harness/audit.ts'
import { eventually } from '../harness/eventually.ts'
import { createNamespace } from '../harness/kube.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const endpoints = inject('endpoints')
const stackDir = inject('stackDir')
const namespace = 'quota'
const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`
let scene: Scene
let head: string

const service = (name: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{port: 80}]}\n`

beforeAll(async () => {
  scene = await openScene(endpoints, namespace)
  head = await scene.repository.push(
    Object.fromEntries(['a', 'b', 'c'].map((name) => [`${name}.yaml`, service(name)])),
  )
  await createNamespace(scene.kube, namespace)
})

afterAll(() => scene.close())

const limitServices = async (to: number) => {
  const hard = { services: String(to) }
  const quota = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'team' },
    spec: { hard },
  }
  await scene.kube.request(
    'PATCH',
    `${quotas}/team?fieldManager=test`,
    quota,
    'application/apply-patch+yaml',
  )
  await eventually(
    () => scene.kube.request<{ status?: { hard?: object } }>('GET', `${quotas}/team`),
    (quota) => JSON.stringify(quota.status?.hard) === JSON.stringify(hard),
  )
}

describe('a plan for which the quota of its namespace has no room', () => {
  it('is refused as a whole, though each object alone would be accepted', async () => {
    await limitServices(2)
    await scene.create('quota', { spec: { syncPolicy: { automated: {} } } })
    const { status } = await whenApplication(
      scene.kube,
      'quota',
      ({ driftless }) => driftless?.failure !== undefined,
    )
    expect(status?.driftless?.failure).toMatchObject({
      cause: 'quota',
      object: `Service ${namespace}/c`,
    })
    expect(status?.driftless?.failure?.evidence).toContain('exceeded quota: team')
    expect(creationsIn(stackDir, namespace, 'services')).toEqual([])
  })

  it('is deployed by itself as soon as there is room', async () => {
    await limitServices(3)
    await whenApplication(scene.kube, 'quota', isDeployed(head))
    expect(creationsIn(stackDir, namespace, 'services').toSorted()).toEqual(['a', 'b', 'c'])
  })
})
