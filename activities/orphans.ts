import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { projectOf } from '../core/application.ts'
import { InvalidSpecError } from '../core/errors.ts'
import type { ConditionText } from '../core/flow.ts'
import { keyOf, partsOf } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { instanceName } from '../core/manifest/tracking.ts'
import { addressed } from '../core/placement.ts'
import { isOrphan, orphanWarning, warnsOfOrphans } from '../core/project/orphans.ts'
import { type AppProject, readProject } from '../core/project.ts'
import type { ActivityClients } from './clients.ts'
import { leavesAloneFor } from './permitted.ts'
import { declarableKinds, scanKinds } from './scan-kinds.ts'

export type OrphanClients = Pick<ActivityClients, 'applications' | 'customizations'> & {
  readonly clusters: Pick<ActivityClients['clusters'], 'placeOf'>
}

// by the Application's uid; lost with the process, and then the condition of before stays
const known = new WeakMap<Cluster, Map<string, readonly ConditionText[]>>()

/**
 * What is to be told of objects that belong to no Application, as of the last look: at a hard refresh
 * and once a day, since nobody watches them. Undefined when nobody has looked yet.
 */
export function orphansOf(
  clients: OrphanClients,
  cluster: Cluster,
  current: StoredApplication,
): readonly ConditionText[] | undefined {
  if (monitorOf(clients, current) === undefined) return []
  return known.get(cluster)?.get(current.ref.uid)
}

/**
 * Looks for objects that belong to no Application in the namespaces of these Applications, one list
 * of metadata per kind and namespace. Only for projects that ask for it; gives those whose answer changed.
 */
export async function lookForOrphans(
  clients: OrphanClients,
  cluster: Cluster,
  applications: readonly StoredApplication[],
): Promise<readonly StoredApplication[]> {
  const found = known.get(cluster) ?? new Map<string, readonly ConditionText[]>()
  known.set(cluster, found)
  const objects = new Map<string, readonly Manifest[]>()
  const changed: StoredApplication[] = []
  for (const current of applications) {
    const { namespace = '' } = current.application.spec.destination
    const project = monitorOf(clients, current)
    if (project === undefined || namespace === '') continue
    const inside = objects.get(namespace) ?? (await listWithoutOwner(cluster, namespace))
    objects.set(namespace, inside)
    const told = warningOf(clients, current, project, inside)
    if (told[0]?.message !== found.get(current.ref.uid)?.[0]?.message) changed.push(current)
    found.set(current.ref.uid, told)
  }
  return changed
}

/** The project, if it asks for the look. */
function monitorOf(
  { applications }: OrphanClients,
  { application }: StoredApplication,
): AppProject | undefined {
  try {
    const object = applications.project(projectOf(application))
    const project = object && readProject(object)
    return project !== undefined && warnsOfOrphans(project) ? project : undefined
  } catch (error) {
    // told as a problem of the Application
    if (error instanceof InvalidSpecError) return undefined
    throw error
  }
}

function warningOf(
  clients: OrphanClients,
  { application }: StoredApplication,
  project: AppProject,
  inside: readonly Manifest[],
): readonly ConditionText[] {
  const { applications, clusters } = clients
  const { destination } = application.spec
  const instances = new Set(
    applications.all().map(({ ref }) => instanceName(ref, applications.namespace)),
  )
  const surroundings = {
    project,
    destination: addressed(destination, clusters.placeOf(destination)),
    instances,
  }
  const leavesAlone = leavesAloneFor(clients, application)
  const orphans = inside
    .filter((object) => isOrphan(object, surroundings))
    .map(keyOf)
    .filter((key) => !leavesAlone(partsOf(key)))
  return orphanWarning(destination.namespace ?? '', orphans)
}

async function listWithoutOwner(cluster: Cluster, namespace: string): Promise<readonly Manifest[]> {
  const found: Manifest[] = []
  const all = await declarableKinds(cluster)
  await scanKinds(cluster, {
    kinds: all.filter(({ group, kind }) => cluster.discovery.scopeOf(group, kind) === 'namespaced'),
    namespace,
    onObject: (object) => {
      // most objects have one: no more is kept than is needed
      if ((object.metadata.ownerReferences ?? []).length === 0) found.push(object)
    },
  })
  return found
}
