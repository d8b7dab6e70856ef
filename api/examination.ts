import { setTimeout as delay } from 'node:timers/promises'
import type { StoredApplication } from '../clients/applications.ts'
import { projectOf } from '../core/application.ts'
import { checkFields, checkHold, checkHooks, checkWindows } from '../core/doctor/application.ts'
import { type Finding, fail, failOf, ok, orOk } from '../core/doctor/finding.ts'
import { GitAccessError, PlatformError } from '../core/errors.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { placementProblems } from '../core/placement.ts'
import { shortRevision } from '../core/short-revision.ts'
import { statusOf } from '../core/status/status.ts'
import type { ApiClients, ReadCluster, Rendered } from './clients.ts'
import {
  checkManifests,
  checkPermissions,
  checkPermitted,
  conflictsIn,
  namespaceIn,
} from './doctor-cluster.ts'

type Findings = readonly Finding[]
type Sources = { readonly found: Findings; readonly rendered?: Rendered }

const patienceMs = 15_000
const nothingChecked: Sources = { found: [] }

/** All checks of an application in the order in which a sync would need them; nothing is changed. */
export async function examine(clients: ApiClients, stored: StoredApplication): Promise<Findings> {
  const { application, object, unbuilt } = stored
  const project = clients.applications.project(projectOf(application))
  const spec = checkSpec(clients, stored, project)
  const cluster = clients.clusterAt(application.spec.destination)
  const isValid = spec.every(({ status }) => status === 'OK')
  const [{ found, rendered }, reached] = await Promise.all([
    isValid ? checkSources(clients, stored) : nothingChecked,
    timed('cluster', () => checkCluster(cluster)),
  ])
  const { manifests } = rendered ?? {}
  return [
    ...spec,
    ...found,
    ...reached,
    ...(manifests === undefined
      ? []
      : await checkObjects(clients, stored, reached.every(isOk) ? cluster : undefined, manifests)),
    ...(project === undefined ? [] : checkWindows(project, application, clients.now())),
    checkHold(statusOf(object)),
    ...(manifests === undefined ? [] : checkFields(application, unbuilt, manifests)),
  ]
}

function checkSpec(
  { applications, clusters }: ApiClients,
  { application, problems }: StoredApplication,
  project: Manifest | undefined,
): Findings {
  const controlNamespace = applications.namespace
  const place = { project, clusters: clusters.known(), controlNamespace }
  const name = projectOf(application)
  try {
    const wrong = problems.length > 0 ? problems : placementProblems(application, place)
    const found = wrong.map((text) => failOf('spec', text))
    return orOk(found, 'spec', `valid, and permitted by the project ${name}`)
  } catch (error) {
    return [failed('spec', error)]
  }
}

/** Whether the sources can be reached, what they are now, and what that renders to. */
async function checkSources(
  { reach, rendered: render }: ApiClients,
  stored: StoredApplication,
): Promise<Sources> {
  const reached = await timed('repository', async () => {
    await reach(stored)
    return [ok('repository', 'all sources answer and take our credentials')]
  })
  if (!reached.every(isOk)) return { found: reached }
  let rendered: Rendered | undefined
  const resolved = await timed('revision', async () => {
    const [first] = [stored.application.spec.source, ...(stored.application.spec.sources ?? [])]
    rendered = await render(stored, first?.targetRevision || 'HEAD')
    return [ok('revision', `is ${shortRevision(rendered.revision)}, and renders`)]
  })
  return { found: [...reached, ...resolved], ...(rendered !== undefined && { rendered }) }
}

async function checkCluster(cluster: ReadCluster | undefined): Promise<Findings> {
  if (cluster === undefined) {
    return [fail('cluster', 'it cannot be used', 'see what `cluster list` says of it')]
  }
  return [ok('cluster', `answers: ${await cluster.version(patienceMs)}`)]
}

async function checkObjects(
  clients: ApiClients,
  stored: StoredApplication,
  cluster: ReadCluster | undefined,
  manifests: readonly Manifest[],
): Promise<Findings> {
  const { namespace } = clients.applications
  const permitted = await timed('kinds', async () => checkPermitted(clients, stored, manifests))
  const hooks = checkHooks(stored.application, manifests)
  if (cluster === undefined) return [...permitted, ...hooks]
  const found = await Promise.all([
    timed('manifests', () => checkManifests(cluster, stored, manifests)),
    timed('permissions', () => checkPermissions(clients, stored, cluster, manifests)),
    timed('conflicts', () => conflictsIn(cluster, stored, namespace, manifests)),
    timed('namespace', () => namespaceIn(cluster, stored, manifests)),
  ])
  return [...permitted, ...found.flat(), ...hooks]
}

/** A check that does not end in its time has failed; the others go on. */
async function timed(check: string, work: () => Promise<Findings>): Promise<Findings> {
  const late = new AbortController()
  const limit = delay(patienceMs, undefined, { signal: late.signal, ref: false }).then(
    () => [fail(check, `no answer within ${patienceMs / 1_000} s`, 'ask again; see the log')],
    () => [],
  )
  try {
    return await Promise.race([work(), limit])
  } catch (error) {
    return [failed(check, error)]
  } finally {
    late.abort()
  }
}

/** What cannot be read at a revision is its fault; else the renderer has refused the manifests. */
function failed(check: string, error: unknown): Finding {
  if (!(error instanceof PlatformError)) throw error
  const isRefused = check === 'revision' && !(error instanceof GitAccessError)
  return failOf(isRefused ? 'manifests' : check, error.message)
}

function isOk({ status }: Finding): boolean {
  return status === 'OK'
}
