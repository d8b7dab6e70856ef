import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type ApplicationIndex, createApplicationIndex } from '../../clients/applications.ts'
import { createStatusWriter } from '../../clients/status-writer.ts'
import type { ApplicationStatus } from '../../core/status/status.ts'
import { applicationObject } from '../fixtures/application.ts'
import type { LiveApplication } from '../harness/application.ts'
import { aroundPatches } from '../harness/around-patches.ts'
import { eventually } from '../harness/eventually.ts'
import { type ProxiedNamespace, proxiedNamespace } from '../harness/proxied-namespace.ts'

const namespace = 'contract-late'
const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`
let place: ProxiedNamespace
let applications: ApplicationIndex | undefined

beforeAll(async () => {
  place = await proxiedNamespace(inject('endpoints').kubeconfig, namespace)
})
afterAll(async () => {
  applications?.stop()
  await place.close()
})

const read = () => place.kube.request<LiveApplication>('GET', `${path}/late`)
const status = (sequence: number): ApplicationStatus => ({
  health: { status: 'Healthy', message: `report ${sequence}` },
  driftless: { sequence, specDigest: 's', observed: 'o' },
})

it('writes back the status whose answer was still on its way when it was wiped', async () => {
  const metadata = { name: 'late', namespace, uid: undefined }
  const declared = applicationObject({ metadata, status: status(1) })
  const { uid } = (await place.kube.request('POST', path, declared)).metadata
  let beforeAnswer: (() => Promise<unknown>) | undefined
  // a watch that is so late that only answers tell of changes
  const unwatched = { ...place.transport, stream: () => new Promise<never>(() => undefined) }
  const transport = aroundPatches(unwatched, async (send) => {
    const before = beforeAnswer
    beforeAnswer = undefined
    const answer = await send()
    await before?.()
    return answer
  })
  const errors: unknown[] = []
  const index = createApplicationIndex(transport, namespace, (error) => errors.push(error))
  applications = index
  const writer = createStatusWriter(index, (error) => errors.push(error))
  await index.synced
  beforeAnswer = async () => {
    const { status: _, ...manifest } = await read()
    await place.kube.request('PUT', `${path}/late`, manifest)
    await index.read(namespace, 'late')
  }
  await writer.write({ namespace, name: 'late', uid }, () => ({ status: status(2) }))
  const restored = await eventually(read, (live) => live.status !== undefined)
  expect(restored.status).toEqual(status(2))
  expect(errors).toEqual([])
})
