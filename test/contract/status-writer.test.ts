import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { type ApplicationIndex, createApplicationIndex } from '../../clients/applications.ts'
import {
  createStatusWriter,
  type StatusChange,
  type StatusWriter,
} from '../../clients/status-writer.ts'
import type { ApplicationRef } from '../../core/flow.ts'
import { maxStatusBytes } from '../../core/status/fit.ts'
import { type ApplicationStatus, statusOf } from '../../core/status/status.ts'
import { applicationObject } from '../fixtures/application.ts'
import { aroundPatches } from '../harness/around-patches.ts'
import { eventually } from '../harness/eventually.ts'
import type { KubeObject } from '../harness/kube.ts'
import { type ProxiedNamespace, proxiedNamespace } from '../harness/proxied-namespace.ts'

const namespace = 'contract-status'
const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`
let place: ProxiedNamespace
let applications: ApplicationIndex
let writer: StatusWriter
const errors: unknown[] = []
/** The bodies of our patches, in order. */
let patches: { readonly status?: ApplicationStatus }[] = []
/** Runs right before our next patch goes out. */
let beforePatch: (() => Promise<unknown>) | undefined

beforeAll(async () => {
  place = await proxiedNamespace(inject('endpoints').kubeconfig, namespace)
  const watched = aroundPatches(place.transport, async (send, body) => {
    patches.push(body as { status?: ApplicationStatus })
    const before = beforePatch
    beforePatch = undefined
    await before?.()
    return await send()
  })
  applications = createApplicationIndex(watched, namespace, () => undefined)
  writer = createStatusWriter(applications, (error) => errors.push(error))
  await applications.synced
})
afterEach(() => {
  patches = []
  expect(errors.splice(0)).toEqual([])
})
afterAll(async () => {
  applications.stop()
  await place.close()
})

/** An Application that the index knows. */
async function create(name: string): Promise<ApplicationRef> {
  const metadata = { name, namespace, uid: undefined }
  const { uid } = (await place.kube.request('POST', path, applicationObject({ metadata }))).metadata
  await eventually(
    () => applications.get(namespace, name)?.ref.uid,
    (known) => known === uid,
  )
  return { namespace, name, uid }
}
const read = (name: string) => place.kube.request<KubeObject>('GET', `${path}/${name}`)
const edit = (name: string, patch: object) => place.kube.patch(`${path}/${name}`, patch)
const messageOf = async (name: string) =>
  ((await read(name)) as { status?: ApplicationStatus }).status?.health?.message
const own = (sequence: number) => ({ sequence, specDigest: 's', observed: 'o' })

/** As a report writes: with a sequence, and never over a newer one. */
const saying =
  (message: string, sequence = 1): StatusChange =>
  ({ object }) =>
    (statusOf(object).driftless?.sequence ?? 0) > sequence
      ? undefined
      : { status: { health: { status: 'Healthy', message }, driftless: own(sequence) } }

describe('a status', () => {
  it('is live when it is written, by a patch of the status alone with the version that was read', async () => {
    const ref = await create('plain')
    const before = await read('plain')
    const written = await writer.write(ref, saying('one'))
    expect(await messageOf('plain')).toBe('one')
    expect(written?.object).toEqual(applications.get(namespace, 'plain')?.object)
    const { resourceVersion, uid } = before.metadata
    expect(patches).toEqual([
      {
        metadata: { resourceVersion, uid },
        status: { health: { status: 'Healthy', message: 'one' }, driftless: own(1) },
      },
    ])
    expect((await read('plain')).spec).toEqual(before.spec)
  })

  it('that is there already is not written again, and a changed one only where it differs', async () => {
    const ref = await create('twice')
    await writer.write(ref, saying('one'))
    await writer.write(ref, saying('one'))
    expect(patches).toHaveLength(1)
    await writer.write(ref, saying('two'))
    expect(patches.at(-1)?.status).toEqual({ health: { message: 'two' } })
  })

  it('takes off what it answers, in the same write (AUTO-05)', async () => {
    const ref = await create('answered')
    const annotations = { 'argocd.argoproj.io/refresh': 'normal', team: 'a' }
    await edit('answered', { metadata: { annotations }, operation: { sync: {} } })
    await eventually(
      () => applications.get(namespace, 'answered')?.object.operation,
      (operation) => operation !== undefined,
    )
    await writer.write(ref, (now) => {
      const next = saying('done')(now)
      const clearAnnotations = ['argocd.argoproj.io/refresh', 'not.there/either']
      return next && { ...next, clearOperation: true, clearAnnotations }
    })
    const after = await read('answered')
    expect(patches).toHaveLength(1)
    expect(after).not.toHaveProperty('operation')
    expect(after.metadata.annotations).toEqual({ team: 'a' })
  })
})

describe('a status of 6000 objects with long messages', () => {
  it('is stored, cut, and names what was left out', async () => {
    const ref = await create('large')
    const message = 'm'.repeat(400)
    const resources = Array.from({ length: 6_000 }, (_, index) => ({
      ...{ group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop' },
      ...{ name: `object-${index}`, status: 'Synced' as const },
      health: { status: 'Progressing' as const, message },
    }))
    await writer.write(ref, () => ({ status: { resources, driftless: own(1) } }))
    const { status = {} } = (await read('large')) as { status?: ApplicationStatus }
    expect(JSON.stringify(status).length).toBeLessThanOrEqual(maxStatusBytes)
    expect(status.resources?.map(({ name }) => name)).toEqual(resources.map(({ name }) => name))
    expect(status.conditions?.map(({ type }) => type)).toEqual(['StatusTruncated'])
  })
})

describe('progress', () => {
  const whenSaid = (name: string, message: string) =>
    eventually(
      () => messageOf(name),
      (said) => said === message,
    )

  it('that comes faster than it is written is folded into one write', async () => {
    const ref = await create('fast')
    for (let step = 1; step <= 20; step++) writer.progress(ref, saying(`step ${step}`, step))
    await whenSaid('fast', 'step 20')
    expect(patches.map(({ status }) => status?.health?.message)).toEqual(['step 20'])
  })

  it('is overtaken by a write, and never shown after it', async () => {
    const ref = await create('overtaken')
    writer.progress(ref, saying('half', 1))
    await writer.write(ref, saying('done', 2))
    // a later progress is written after any that would still have waited
    writer.progress(ref, saying('next', 3))
    await whenSaid('overtaken', 'next')
    expect(patches.map(({ status }) => status?.health?.message)).toEqual(['done', 'next'])
  })

  it('of one application does not wait for another', async () => {
    const [one, other] = [await create('one'), await create('other')]
    writer.progress(one, saying('of one'))
    writer.progress(other, saying('of the other'))
    await whenSaid('one', 'of one')
    await whenSaid('other', 'of the other')
  })
})

describe('when somebody else writes in between', () => {
  it('the Application is read again, and nothing of theirs is lost', async () => {
    const ref = await create('conflict')
    beforePatch = () => edit('conflict', { metadata: { annotations: { team: 'b' } } })
    await writer.write(ref, saying('one'))
    const after = (await read('conflict')) as KubeObject & { status: ApplicationStatus }
    expect(after.metadata.annotations).toEqual({ team: 'b' })
    expect(after.status.health?.message).toBe('one')
    expect(patches).toHaveLength(2)
  })

  it('a newer status stays', async () => {
    const ref = await create('newer')
    const health = { status: 'Healthy', message: 'newer' }
    beforePatch = () => edit('newer', { status: { health, driftless: own(10) } })
    await writer.write(ref, saying('older', 9))
    expect(await messageOf('newer')).toBe('newer')
  })

  it('a status that was wiped is there again with the next write', async () => {
    const ref = await create('wiped')
    await writer.write(ref, saying('one', 1))
    await edit('wiped', { status: null })
    await writer.write(ref, saying('one', 2))
    expect((await read('wiped')).status).toEqual({
      health: { status: 'Healthy', message: 'one' },
      driftless: own(2),
    })
  })

  it('two writes of one application keep their order', async () => {
    const ref = await create('ordered')
    await Promise.all([1, 2, 3].map((step) => writer.write(ref, saying(`step ${step}`, step))))
    expect(patches.map(({ status }) => status?.health?.message)).toEqual([
      'step 1',
      'step 2',
      'step 3',
    ])
    expect(await messageOf('ordered')).toBe('step 3')
  })
})

describe('an Application that is gone', () => {
  it('is not written to, whether that is known before or seen by the write', async () => {
    const ref = await create('gone')
    beforePatch = () => place.kube.request('DELETE', `${path}/gone`)
    expect(await writer.write(ref, saying('late'))).toBeUndefined()
    await eventually(
      () => applications.get(namespace, 'gone'),
      (known) => known === undefined,
    )
    expect(await writer.write(ref, saying('later'))).toBeUndefined()
    expect(patches).toHaveLength(1)
  })

  it('gives nothing to its namesake', async () => {
    const ref = await create('namesake')
    beforePatch = async () => {
      await place.kube.request('DELETE', `${path}/namesake`)
      await create('namesake')
    }
    expect(await writer.write(ref, saying('late'))).toBeUndefined()
    expect(await read('namesake')).not.toHaveProperty('status')
  })
})
