import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createRelease } from '../../activities/release.ts'
import { type ApplicationIndex, createApplicationIndex } from '../../clients/applications.ts'
import { applicationObject } from '../fixtures/application.ts'
import { aroundPatches } from '../harness/around-patches.ts'
import { eventually } from '../harness/eventually.ts'
import { isThere } from '../harness/presence.ts'
import { type ProxiedNamespace, proxiedNamespace } from '../harness/proxied-namespace.ts'

const namespace = 'contract-release'
const name = 'released'
const applicationsPath = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`
const path = `${applicationsPath}/${name}`
let place: ProxiedNamespace
let applications: ApplicationIndex
/** Runs right before our patch goes out. */
let beforePatch: () => Promise<unknown>

beforeAll(async () => {
  place = await proxiedNamespace(inject('endpoints').kubeconfig, namespace)
  const watched = aroundPatches(place.transport, async (send) => {
    await beforePatch()
    return await send()
  })
  applications = createApplicationIndex(watched, namespace, () => undefined)
  await applications.synced
})
afterAll(async () => {
  applications.stop()
  await place.close()
})

it('lets a deleted Application go, and harms nothing when it went while the step was done again', async () => {
  const finalizers = ['resources-finalizer.argocd.argoproj.io']
  const metadata = { name, namespace, uid: undefined, finalizers }
  const { uid } = (
    await place.kube.request('POST', applicationsPath, applicationObject({ metadata }))
  ).metadata
  await place.kube.request('DELETE', path)
  await eventually(
    () => applications.get(namespace, name)?.object.metadata.deletionTimestamp,
    (at) => at !== undefined,
  )
  beforePatch = () => place.kube.patch(path, { metadata: { finalizers: [] } })
  await createRelease({ applications })({ application: { namespace, name, uid } })
  expect(await isThere(place.kube, path)).toBe(false)
})
