import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { projectOf } from '../core/application.ts'
import { InvalidSpecError, SupersededError } from '../core/errors.ts'
import type { ApplicationRef, OperationRequest } from '../core/flow.ts'
import { placeProblems } from '../core/placement.ts'
import { asRequested, withOptionsOf } from '../core/policy/request.ts'
import type { ActivityClients } from './clients.ts'
import { refuseForeignSources } from './permitted.ts'

/** The Application as it is now; undefined when it is gone or another one has its name. */
export async function currentApplication(
  applications: ApplicationIndex,
  { namespace, name, uid }: ApplicationRef,
): Promise<StoredApplication | undefined> {
  await applications.synced
  const known = applications.get(namespace, name)
  // a wake can be faster than the watch
  const current = known?.ref.uid === uid ? known : await applications.read(namespace, name)
  return current?.ref.uid === uid ? current : undefined
}

/** The Application as it is now; SupersededError when it is gone or another one has its name. */
export async function presentApplication(
  applications: ApplicationIndex,
  ref: ApplicationRef,
): Promise<StoredApplication> {
  const current = await currentApplication(applications, ref)
  if (current === undefined) throw new SupersededError(`the Application ${ref.name} is gone`)
  return current
}

/** The same, with the sync options of what somebody asked for. */
export async function askedApplication(
  applications: ApplicationIndex,
  ref: ApplicationRef,
  request: OperationRequest | undefined,
): Promise<StoredApplication> {
  const current = await presentApplication(applications, ref)
  return { ...current, application: withOptionsOf(current.application, request) }
}

/** The Application as long as its spec is the one that the operation began with; else SupersededError. */
export async function unchangedApplication(
  applications: ApplicationIndex,
  ref: ApplicationRef,
  specDigest: string,
): Promise<StoredApplication> {
  let current = await currentApplication(applications, ref)
  if (current !== undefined && current.specDigest !== specDigest) {
    current = await applications.read(ref.namespace, ref.name)
  }
  if (current === undefined || current.specDigest !== specDigest) {
    throw new SupersededError(`the Application ${ref.name} changed while its operation ran`)
  }
  return current
}

/** The same, with the source and revision that somebody asked for in place of the spec's. */
export async function requestedApplication(
  applications: ApplicationIndex,
  ref: ApplicationRef,
  specDigest: string,
  request: OperationRequest | undefined,
): Promise<StoredApplication> {
  const current = await unchangedApplication(applications, ref, specDigest)
  const application = asRequested(current.application, request)
  // those of the spec are looked at before anything begins
  if (request?.ownSource === true) refuseForeignSources(applications, application)
  return { ...current, application }
}

/** The destination's cluster; InvalidSpecError when nobody told us how to reach it. */
export function destinationOf(
  { clusterOf, clusters }: Pick<ActivityClients, 'clusterOf' | 'clusters'>,
  { application }: StoredApplication,
): Cluster {
  const cluster = clusterOf(application)
  if (cluster !== undefined) return cluster
  const { destination } = application.spec
  const place = clusters.placeOf(destination)
  const problems = placeProblems(destination, place, projectOf(application))
  throw new InvalidSpecError(problems.join('; ') || 'spec.destination: its cluster has changed')
}

/** Which cluster is worked on. */
export type Here = Pick<ActivityClients, 'clusterId'> & {
  readonly clusters: Pick<ActivityClients['clusters'], 'idOf'>
}

/** Whether the application is deployed to the cluster that these activities work on. */
export function isHere({ clusters, clusterId }: Here, { application }: StoredApplication): boolean {
  return clusters.idOf(application.spec.destination) === clusterId
}
