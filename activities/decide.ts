import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import { gitSourceOf, projectOf } from '../core/application.ts'
import type { ApplicationRef, Decision, Wake } from '../core/flow.ts'
import { decide } from '../core/policy/decide.ts'
import { healDelay } from '../core/policy/heal.ts'
import { permitsDestination, permitsSource, readProject } from '../core/project.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { currentApplication } from './current.ts'

type DecideInput = { readonly application: ApplicationRef; readonly wakes: readonly Wake[] }

/** Reads the Application and says what its wakes mean; the answer goes into the history. */
export function createDecide(clients: ActivityClients) {
  return async ({ application: ref, wakes }: DecideInput): Promise<Decision> => {
    const current = await seenApplication(clients.applications, ref, wakes)
    const decision = decide({
      application: current?.application,
      problems: current === undefined ? [] : problemsOf(clients, current),
      wakes,
    })
    if (decision.trigger !== 'drift' || current === undefined) return decision
    return { ...decision, delayMs: delayOf(current, wakes, clients.now()) }
  }
}

/** The Application at least as new as whoever woke us saw it: our watch may be behind theirs. */
async function seenApplication(
  applications: ApplicationIndex,
  ref: ApplicationRef,
  wakes: readonly Wake[],
): Promise<StoredApplication | undefined> {
  const current = await currentApplication(applications, ref)
  const seen = wakes.findLast(({ observed }) => observed !== undefined)?.observed
  if (current === undefined || seen === undefined || current.observed === seen) return current
  const read = await applications.read(ref.namespace, ref.name)
  return read?.ref.uid === ref.uid ? read : undefined
}

/** Everything that makes a spec impossible to work with (APP-02, APP-03, PROJ-01, PROJ-02). */
function problemsOf(
  { applications, clusterOf }: ActivityClients,
  { application, problems }: StoredApplication,
): readonly string[] {
  if (problems.length > 0) return problems
  const name = projectOf(application)
  const project = applications.project(name)
  if (project === undefined) {
    return [`spec.project: there is no AppProject ${name}; create it or use the project default`]
  }
  const { spec } = readProject(project)
  const { repoURL } = gitSourceOf(application)
  const { destination } = application.spec
  const place = destination.name || destination.server
  return [
    ...(permitsSource(spec, repoURL)
      ? []
      : [
          `spec.source.repoURL: the project ${name} does not permit ${repoURL}; add it to its sourceRepos`,
        ]),
    ...(permitsDestination(spec, destination)
      ? []
      : [
          `spec.destination: the project ${name} does not permit ${place} ${destination.namespace ?? ''}; add it to its destinations`,
        ]),
    ...(clusterOf(application) === undefined
      ? [
          `spec.destination: the cluster ${place} is not known here; use https://kubernetes.default.svc or in-cluster`,
        ]
      : []),
  ]
}

function delayOf({ object }: StoredApplication, wakes: readonly Wake[], now: number): number {
  const { heals = {} } = statusOf(object).driftless ?? {}
  const keys = wakes.flatMap((wake) => wake.keys ?? [])
  return Math.max(0, ...keys.map((key) => healDelay(heals[key], now)))
}
