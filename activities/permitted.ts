import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import { type Application, projectOf, repositoriesOf } from '../core/application.ts'
import { InvalidSpecError, PermissionError } from '../core/errors.ts'
import { isExcluded } from '../core/exclusion.ts'
import type { LeavesAlone } from '../core/manifest/excluded.ts'
import { keyOf, partsOf, type ResourceKey } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { addressed } from '../core/placement.ts'
import { whyForbidden } from '../core/project/object.ts'
import { type AppProject, permitsSource, readProject } from '../core/project.ts'
import type { ActivityClients } from './clients.ts'

type Projects = Pick<ApplicationIndex, 'project'>
type Surroundings = {
  readonly applications: Projects
  readonly clusters: Pick<ActivityClients['clusters'], 'placeOf'>
}

type KindSettings = Pick<ActivityClients, 'customizations'> & Pick<Surroundings, 'clusters'>

/** Throws PermissionError for an object that the project does not permit. */
export type RefuseForbidden = (key: ResourceKey) => void

/** What the project of the Application, as it is now, does not permit is never written (PROJ-17). */
export function objectGuard(clients: Surroundings, current: StoredApplication): RefuseForbidden {
  const why = forbiddenBy(clients, current)
  return (key) => {
    const reason = why(key)
    if (reason !== undefined) throw new PermissionError(reason)
  }
}

/**
 * Tells the live objects that are the Application's to touch: what its project does not permit, and
 * kinds that the settings leave alone, are neither compared nor deleted (PROJ-18, DIFF-16).
 */
export function isPermitted(
  clients: Surroundings & KindSettings,
  current: StoredApplication,
): (live: Manifest) => boolean {
  const why = forbiddenBy(clients, current)
  const leavesAlone = leavesAloneFor(clients, current.application)
  return (live) => {
    const key = keyOf(live)
    return why(key) === undefined && !leavesAlone(partsOf(key))
  }
}

/** Which kinds the settings leave alone where the Application is deployed (DIFF-16). */
export function leavesAloneFor(
  { clusters, customizations }: KindSettings,
  { spec: { destination } }: Application,
): LeavesAlone {
  const { server = '' } = addressed(destination, clusters.placeOf(destination))
  return (kind) => isExcluded(customizations().kinds, kind, server)
}

function forbiddenBy(
  { applications, clusters }: Surroundings,
  { application }: StoredApplication,
): (key: ResourceKey) => string | undefined {
  const object = applications.project(projectOf(application))
  if (object === undefined) return () => undefined
  const project = readIfValid(object)
  // it may have been meant to forbid everything
  if (project === undefined) return () => `the AppProject ${projectOf(application)} is not valid`
  const given = application.spec.destination
  const destination = addressed(given, clusters.placeOf(given))
  return (key) => whyForbidden(project, destination, key)
}

function readIfValid(object: Manifest): AppProject | undefined {
  try {
    return readProject(object)
  } catch (error) {
    if (error instanceof InvalidSpecError) return undefined
    throw error
  }
}

/** Throws PermissionError for a request that names a repository which the project does not permit (PROJ-01). */
export function refuseForeignSources(projects: Projects, requested: Application): void {
  const name = projectOf(requested)
  const object = projects.project(name)
  if (object === undefined) return
  const { spec } = readProject(object)
  const foreign = repositoriesOf(requested).find((url) => !permitsSource(spec, url))
  if (foreign === undefined) return
  throw new PermissionError(
    `operation.sync: the project ${name} does not permit the repository ${foreign}; add it to its sourceRepos`,
  )
}
