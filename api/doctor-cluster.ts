import type { StoredApplication } from '../clients/applications.ts'
import { projectOf, syncOption } from '../core/application.ts'
import { type Finding, fail, failOf, ok, orOk } from '../core/doctor/finding.ts'
import { checkConflicts, checkNamespace } from '../core/doctor/objects.ts'
import { PlatformError, UnknownKindError } from '../core/errors.ts'
import { groupOf, keyOf, partsOf, showKey } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { instanceName } from '../core/manifest/tracking.ts'
import { addressed } from '../core/placement.ts'
import { type Brought, broughtBy, needsBrought } from '../core/plan/brought.ts'
import { isHook } from '../core/plan/phase.ts'
import { whyForbidden } from '../core/project/object.ts'
import { readProject } from '../core/project.ts'
import type { ApiClients, ReadCluster } from './clients.ts'
import { readOne } from './live-objects.ts'

const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete']

/** Kinds and namespaces that the project does not permit (PROJ-17). */
export function checkPermitted(
  { applications, clusters }: ApiClients,
  { application }: StoredApplication,
  manifests: readonly Manifest[],
): readonly Finding[] {
  const name = projectOf(application)
  const { destination } = application.spec
  const project = readProject(applications.project(name))
  const place = addressed(destination, clusters.placeOf(destination))
  const reasons = manifests.flatMap((object) => whyForbidden(project, place, keyOf(object)) ?? [])
  const found = [...new Set(reasons)].map((text) => failOf('kinds', text))
  return orOk(found, 'kinds', `the project ${name} permits all ${manifests.length} objects`)
}

/** What the API server says of each object, without storing any of them. */
export async function checkManifests(
  cluster: ReadCluster,
  { application }: StoredApplication,
  manifests: readonly Manifest[],
): Promise<readonly Finding[]> {
  const { namespace = '' } = application.spec.destination
  const isMissing = namespace !== '' && !(await hasNamespace(cluster, namespace))
  // that it is not there is what another check says
  const brought = broughtBy(manifests, isMissing ? namespace : undefined)
  const found = await Promise.all(
    manifests.filter((object) => !isHook(object)).map((one) => refusalOf(cluster, one, brought)),
  )
  return orOk(found.flat(), 'manifests', `${manifests.length} objects render and are valid`)
}

async function refusalOf(
  cluster: ReadCluster,
  object: Manifest,
  brought: Brought,
): Promise<readonly Finding[]> {
  try {
    await cluster.dryRun(object, { validation: 'Strict' })
    return []
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    // only when the plan has run can anybody say more
    if (needsBrought(object, brought)) return []
    const reason = `${showKey(keyOf(object))}: ${error.message}`
    return [fail('manifests', reason, 'correct it in the repository')]
  }
}

/**
 * Whether the cluster lets us do all that a sync of these objects does. In a declared cluster the
 * worker signs in as we do; in the control cluster it may be another user, which the answer says.
 */
export async function checkPermissions(
  { clusters }: ApiClients,
  { application }: StoredApplication,
  cluster: ReadCluster,
  manifests: readonly Manifest[],
): Promise<readonly Finding[]> {
  const isControl = clusters.placeOf(application.spec.destination).kind === 'control'
  const user = await cluster.user()
  const who = isControl ? `${user}, the user of the API (the worker may be another)` : user
  const places = new Map(
    manifests.map((object) => {
      const { group, kind, namespace } = partsOf(keyOf(object))
      return [`${group}/${kind}/${namespace}`, { group, kind, namespace }]
    }),
  )
  const denied = await Promise.all(
    [...places.values()].map(async (place) => {
      const answers = await Promise.all(
        verbs.map(async (verb) => ((await isPermitted(cluster, { ...place, verb })) ? [] : [verb])),
      )
      return { ...place, verbs: answers.flat() }
    }),
  )
  const found = denied
    .filter((place) => place.verbs.length > 0)
    .map(({ group, kind, namespace, verbs: missing }) => {
      const name = group === '' ? kind : `${kind}.${group}`
      const where = namespace === '' ? 'in the cluster' : `in the namespace ${namespace}`
      const reason = `${who} may not ${missing.join(', ')} ${name} ${where}`
      return fail('permissions', reason, 'give the user of API and worker a Role that permits it')
    })
  const all = `${verbs.join(', ')} of ${places.size} kinds`
  return orOk(found, 'permissions', `${all} are permitted to ${who}`)
}

/** A kind that nobody serves yet is what another check speaks of. */
async function isPermitted(
  cluster: ReadCluster,
  intent: Parameters<ReadCluster['permits']>[0],
): Promise<boolean> {
  try {
    return await cluster.permits(intent)
  } catch (error) {
    if (error instanceof UnknownKindError) return true
    throw error
  }
}

/** What others track or write of the declared objects. */
export async function conflictsIn(
  cluster: ReadCluster,
  { ref }: StoredApplication,
  controlNamespace: string,
  manifests: readonly Manifest[],
): Promise<readonly Finding[]> {
  const pairs = await Promise.all(
    manifests.map(async (declared) => {
      const key = partsOf(keyOf(declared))
      const version = declared.apiVersion.slice(key.group === '' ? 0 : key.group.length + 1)
      return { declared, live: await readOne(cluster, { ...key, version }) }
    }),
  )
  return checkConflicts(pairs, instanceName(ref, controlNamespace))
}

async function hasNamespace(cluster: ReadCluster, name: string): Promise<boolean> {
  return (await cluster.read('v1', `/Namespace//${name}`)) !== undefined
}

/** The namespace of the destination, where anything lies in it. */
export async function namespaceIn(
  cluster: ReadCluster,
  { application }: StoredApplication,
  manifests: readonly Manifest[],
): Promise<readonly Finding[]> {
  const { namespace = '' } = application.spec.destination
  const isUsed = manifests.some(({ metadata }) => metadata.namespace === namespace)
  if (namespace === '' || !isUsed)
    return [ok('namespace', 'nothing lies in that of the destination')]
  const isThere = await hasNamespace(cluster, namespace)
  const created = syncOption(application, 'CreateNamespace') === 'true'
  const declared = manifests.some(
    ({ apiVersion, kind, metadata }) =>
      groupOf(apiVersion) === '' && kind === 'Namespace' && metadata.name === namespace,
  )
  return [checkNamespace(namespace, isThere, { created, declared })]
}
