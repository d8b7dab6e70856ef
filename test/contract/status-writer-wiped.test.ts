import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type ApplicationIndex, createApplicationIndex } from '../../clients/applications.ts'
import { createStatusWriter, type StatusWriter } from '../../clients/status-writer.ts'
import type { ApplicationRef } from '../../core/flow.ts'
import { type ApplicationStatus, statusOf } from '../../core/status/status.ts'
import { startApplicationWatch } from '../../event-sources/application-watch.ts'
import { applicationObject } from '../fixtures/application.ts'
import { newYearText } from '../fixtures/report.ts'
import type { LiveApplication } from '../harness/application.ts'
import { aroundPatches } from '../harness/around-patches.ts'
import { eventually } from '../harness/eventually.ts'
import { type ProxiedNamespace, proxiedNamespace } from '../harness/proxied-namespace.ts'

const namespace = 'contract-wiped'
const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`
let place: ProxiedNamespace
let applications: ApplicationIndex
/** That of a process that starts when the others have run for a while. */
let later: ApplicationIndex | undefined
let writer: StatusWriter
let errors: unknown[] = []
/** Which Application was handed over, and why. */
const wakes: string[] = []
/** Runs right before our next patch goes out. */
let beforePatch: (() => Promise<unknown>) | undefined

beforeAll(async () => {
  place = await proxiedNamespace(inject('endpoints').kubeconfig, namespace)
  const watched = aroundPatches(place.transport, async (send) => {
    const before = beforePatch
    beforePatch = undefined
    await before?.()
    return await send()
  })
  applications = createApplicationIndex(watched, namespace, () => undefined)
  writer = createStatusWriter(applications, (error) => errors.push(error))
  follow(applications, wakes)
  await applications.synced
})
afterEach(() => {
  expect(errors).toEqual([])
})
afterAll(async () => {
  for (const index of [applications, later]) index?.stop()
  await place.close()
})

/** As the process does that hands Applications over. */
function follow(index: ApplicationIndex, into: string[]) {
  startApplicationWatch({
    applications: index,
    wake: async ({ name }, { reason }) => {
      into.push(`${name}: ${reason}`)
    },
    now: Date.now,
    onError: (error) => errors.push(error),
  })
}
const read = (name: string) => place.kube.request<LiveApplication>('GET', `${path}/${name}`)

/** What `kubectl replace` does with a manifest that has no status. */
async function replace(name: string, spec: object = {}): Promise<void> {
  const { status: _, ...manifest } = await read(name)
  const body = { ...manifest, spec: { ...(manifest.spec as object), ...spec } }
  const replaced = await place.kube.request('PUT', `${path}/${name}`, body)
  expect(replaced).not.toHaveProperty('status')
}

const hold = { revision: 'r1', id: 0, by: 'kim', at: newYearText, inputs: 'i1' }
/** The status after so many deployments. */
const after = (deployments: number): ApplicationStatus => ({
  health: { status: 'Healthy' },
  history: Array.from({ length: deployments }, (_, id) => ({
    ...{ id, revision: `r${id}`, deployedAt: newYearText, deployStartedAt: newYearText },
    ...{ source: {}, initiatedBy: { automated: true } },
  })),
  resources: [
    { group: '', version: 'v1', kind: 'Secret', namespace: 'shop', name: 's', status: 'Synced' },
  ],
  driftless: { sequence: deployments, specDigest: 's', observed: 'o', hold },
})
/** Reports one deployment more than the status speaks of. */
const deploy = (ref: ApplicationRef) =>
  writer.write(ref, ({ object }) => ({
    status: after((statusOf(object).history ?? []).length + 1),
  }))
const whenStatus = (name: string, status: ApplicationStatus) =>
  eventually(
    () => read(name),
    (live) => live.status?.driftless?.sequence === status.driftless?.sequence,
  )

async function created(name: string): Promise<ApplicationRef> {
  const metadata = { name, namespace, uid: undefined }
  const { uid } = (await place.kube.request('POST', path, applicationObject({ metadata }))).metadata
  return { namespace, name, uid }
}
const whenWoken = (name: string, times: number) =>
  eventually(
    () => wakes.filter((wake) => wake === `${name}: spec`),
    ({ length }) => length === times,
  )

/** An Application that has deployed twice and is handed over. */
async function deployed(name: string): Promise<ApplicationRef> {
  const ref = await created(name)
  await whenWoken(name, 1)
  await deploy(ref)
  await deploy(ref)
  return ref
}

describe('a status that a replace took away', () => {
  it('is there again as it was, and the application is looked at once', async () => {
    await deployed('restored')
    await replace('restored')
    expect((await whenStatus('restored', after(2))).status).toEqual(after(2))
    await whenWoken('restored', 2)
    await replace('restored')
    expect((await whenStatus('restored', after(2))).status).toEqual(after(2))
    await whenWoken('restored', 3)
  })

  it('leaves the spec to whoever replaced it', async () => {
    await deployed('changed')
    await replace('changed', { project: 'other' })
    const live = await whenStatus('changed', after(2))
    expect(live).toMatchObject({ spec: { project: 'other' }, status: after(2) })
    await whenWoken('changed', 2)
  })

  it('is what decisions go by before it is written again', async () => {
    const { name } = await deployed('shown')
    // the first who hears of the replace reads it from the index
    const seen = new Promise((resolve) => {
      applications.subscribe(({ ref, application }) => {
        if (ref.name === name && application?.statusThere !== undefined)
          resolve(statusOf(application.object))
      })
    })
    await replace(name)
    expect(await seen).toEqual(after(2))
    await whenStatus(name, after(2))
  })

  it('is built upon by a report that crosses it', async () => {
    const ref = await deployed('crossed')
    beforePatch = () => replace('crossed')
    await deploy(ref)
    expect((await read('crossed')).status).toEqual(after(3))
  })

  it('keeps the wish to end the operation', async () => {
    const ref = await deployed('ending')
    const operation = { operation: {}, startedAt: newYearText, message: 'applying' }
    const syncResult = { revision: 'r1', source: {}, resources: [] }
    const operationState = { ...operation, syncResult, phase: 'Running' as const }
    await writer.write(ref, () => ({ status: { ...after(3), operationState } }))
    beforePatch = () =>
      place.kube.patch(`${path}/ending`, { status: { operationState: { phase: 'Terminating' } } })
    await replace('ending')
    const { status } = await whenStatus('ending', after(3))
    expect(status?.operationState).toEqual({ ...operationState, phase: 'Terminating' })
  })

  it('is written as soon as the API server is there again', async () => {
    await deployed('away')
    beforePatch = async () => place.proxy.cut()
    await replace('away')
    await eventually(
      () => errors.length,
      (failures) => failures > 0,
    )
    place.proxy.restore()
    expect((await whenStatus('away', after(2))).status).toEqual(after(2))
    errors = []
  })
})

describe('a status that is not ours to restore', () => {
  it('is a newer one that is there already', async () => {
    const ref = await deployed('newer')
    beforePatch = () => place.kube.patch(`${path}/newer`, { status: after(9) })
    await replace('newer')
    // a report that comes after the attempt to restore sees how it ended
    await whenStatus('newer', after(9))
    await writer.write(ref, () => undefined)
    expect((await read('newer')).status).toEqual(after(9))
  })

  it('is that of a namesake', async () => {
    await deployed('namesake')
    await place.kube.request('DELETE', `${path}/namesake`)
    const ref = await created('namesake')
    await whenWoken('namesake', 2)
    // whatever was to be written before this is written
    await writer.write(ref, () => undefined)
    expect(await read('namesake')).not.toHaveProperty('status')
  })
})

it('hands an Application without status over at the start, when nobody remembers it', async () => {
  const known = await deployed('known')
  const { observed = '' } = applications.get(namespace, 'known') ?? {}
  await writer.write(known, () => ({
    status: { ...after(2), driftless: { sequence: 3, specDigest: 's', observed } },
  }))
  await created('forgotten')
  const woken: string[] = []
  later = createApplicationIndex(place.transport, namespace, () => undefined)
  await later.synced
  follow(later, woken)
  await eventually(
    () => woken,
    (names) => names.includes('forgotten: spec'),
  )
  expect(woken).not.toContain('known: spec')
})
