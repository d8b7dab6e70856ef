import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import { projectOf } from '../core/application.ts'
import { behaviour } from '../core/flow/behaviour.ts'
import type { ApplicationRef, Decision, Wake } from '../core/flow.ts'
import { placementProblems } from '../core/placement.ts'
import { decide } from '../core/policy/decide.ts'
import { healDelay } from '../core/policy/heal.ts'
import { statusOf } from '../core/status/status.ts'
import { projectWindows } from '../core/window/project-windows.ts'
import type { ActivityClients } from './clients.ts'
import { currentApplication } from './current.ts'

type DecideInput = { readonly application: ApplicationRef; readonly wakes: readonly Wake[] }

/** Reads the Application and says what its wakes mean; the answer goes into the history. */
export function createDecide(clients: ActivityClients) {
  return async ({ application: ref, wakes }: DecideInput): Promise<Decision> => {
    const current = await seenApplication(clients.applications, ref, wakes)
    const problems = current === undefined ? [] : problemsOf(clients, current)
    const times =
      current === undefined || problems.length > 0
        ? noWindows
        : projectWindows(
            clients.applications.project(projectOf(current.application)),
            current.application,
          )
    const decision = {
      ...decide({
        application: current?.application,
        problems: [...problems, ...times.problems],
        wakes,
        windows: times.windows,
        now: clients.now(),
      }),
      behaviour,
    }
    if (current === undefined) return decision
    const { uid } = current.ref
    const cluster = clients.clusters.idOf(current.application.spec.destination)
    return {
      ...decision,
      ...(cluster !== clients.clusterId && { cluster }),
      ...(uid !== ref.uid && { uid }),
      ...(decision.trigger === 'drift' && { delayMs: delayOf(current, wakes, clients.now()) }),
    }
  }
}

/**
 * The Application at least as new as whoever woke us saw it: our watch may be behind theirs. Of
 * namesakes there is only one; a wake of the other one is about nothing.
 */
async function seenApplication(
  applications: ApplicationIndex,
  ref: ApplicationRef,
  wakes: readonly Wake[],
): Promise<StoredApplication | undefined> {
  const uids = new Set([...wakes.toReversed().flatMap(({ uid }) => uid ?? []), ref.uid])
  let current: StoredApplication | undefined
  for (const uid of uids) current ??= await currentApplication(applications, { ...ref, uid })
  const seen = wakes.findLast(({ observed }) => observed !== undefined)?.observed
  if (current === undefined || seen === undefined || current.observed === seen) return current
  const read = await applications.read(ref.namespace, ref.name)
  return read?.ref.uid === current.ref.uid ? read : undefined
}

/** Everything that makes a spec impossible to work with (APP-02, APP-03, PROJ-01, PROJ-02). */
function problemsOf(
  { applications, clusters }: ActivityClients,
  { application, problems }: StoredApplication,
): readonly string[] {
  if (problems.length > 0) return problems
  return placementProblems(application, {
    project: applications.project(projectOf(application)),
    clusters: clusters.known(),
    controlNamespace: applications.namespace,
  })
}

const noWindows: ReturnType<typeof projectWindows> = { windows: [], problems: [] }

function delayOf({ object }: StoredApplication, wakes: readonly Wake[], now: number): number {
  const { heals = {} } = statusOf(object).driftless ?? {}
  const keys = wakes.flatMap((wake) => wake.keys ?? [])
  return Math.max(0, ...keys.map((key) => healDelay(heals[key], now)))
}
