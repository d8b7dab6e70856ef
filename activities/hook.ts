import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { NetworkError, PlatformError, SupersededError } from '../core/errors.ts'
import type { ApplicationRef, HookReport, PlannedHook, RenderedManifests } from '../core/flow.ts'
import { keyOf, showKey } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { instanceName, withTracking } from '../core/manifest/tracking.ts'
import { isNotice } from '../core/notification/announcement.ts'
import {
  deletePoliciesOf,
  type HookRun,
  hookFinalizer,
  hookPhase,
  hookToCreate,
  isOfRun,
} from '../core/plan/hook.ts'
import { isClientSide } from '../core/plan/write-way.ts'
import { verdicts } from '../core/status/application-health.ts'
import { announce } from './announce.ts'
import { followChanges } from './changes.ts'
import type { ActivityClients } from './clients.ts'
import { watchKinds } from './compare.ts'
import { destinationOf, presentApplication } from './current.ts'
import { objectGuard } from './permitted.ts'
import { readDesired } from './rendered.ts'
import { withReasons } from './waiting-reasons.ts'

export type HookInput = {
  readonly application: ApplicationRef
  readonly rendered: RenderedManifests
  readonly hook: PlannedHook
  /** Epoch ms of the start of the operation. */
  readonly startedAt: number
  /** Whether an earlier look found it created: it is never created twice. */
  readonly created: boolean
}

const patienceMs = 1_800

/**
 * Runs one hook in one phase of one operation, at most once: its object carries the mark of its run,
 * so that whoever repeats this finds it and only looks. Returns within two seconds with how it is.
 */
export function createHook(clients: ActivityClients) {
  return async (input: HookInput): Promise<HookReport> => {
    const { application: ref, rendered, hook } = input
    const current = await presentApplication(clients.applications, ref)
    const cluster = destinationOf(clients, current)
    const { objects } = await readDesired(clients, rendered.digest, current)
    const declared = objects[hook.object]
    if (declared === undefined) throw new SupersededError(`${showKey(hook.key)} is not declared`)
    const run = { startedAt: input.startedAt, revision: rendered.revision, phase: hook.phase }
    if (isNotice(declared.manifest)) return await announce(clients, current, declared, run)
    await watchKinds(cluster, [declared])
    const desired = tracked(clients, current, hookToCreate(declared.manifest, run))
    return await clients.healthNews.attend(current.label, async () => {
      const report = await runHook(clients, current, cluster, desired, run, input.created)
      if (report.phase === 'Running') {
        const live = cluster.live.ofApplication(current.label)
        await clients.health.ready(live)
        clients.healthNews.tell(current.label, verdicts(live, clients.health.assess))
      }
      return report
    })
  }
}

function tracked(
  { applications, customizations }: ActivityClients,
  { ref, label }: StoredApplication,
  hook: Manifest,
): Manifest {
  const instance = instanceName(ref, applications.namespace)
  return withTracking(hook, { instance, label, marks: customizations().marks })
}

async function runHook(
  clients: ActivityClients,
  current: StoredApplication,
  cluster: Cluster,
  desired: Manifest,
  run: HookRun,
  created: boolean,
): Promise<HookReport> {
  const key = keyOf(desired)
  const until = clients.now() + patienceMs
  const changes = followChanges(cluster, current.label)
  let made = created
  try {
    for (;;) {
      const live = await ourRun(cluster, desired, run)
      const report =
        live === undefined
          ? await create(clients, current, { cluster, desired, run }, made)
          : { key, created: true, ...(await resultOf(clients, live)) }
      made ||= report.created
      const left = until - clients.now()
      if (report.phase !== 'Running') return report
      if (left <= 0) return await explained(cluster, report)
      if (live !== undefined || !report.created) await changes.next(left)
    }
  } finally {
    changes.stop()
  }
}

/** The object as this run made it: from the watch when that shows it, else from the server. */
async function ourRun(cluster: Cluster, desired: Manifest, run: HookRun) {
  const seen = cluster.live.get(keyOf(desired))
  if (seen !== undefined && isOfRun(seen, run)) return seen
  const read = await cluster.read(desired.apiVersion, keyOf(desired))
  return read !== undefined && isOfRun(read, run) ? read : undefined
}

type Wanted = {
  readonly cluster: Cluster
  readonly desired: Manifest
  readonly run: HookRun
}

async function create(
  clients: ActivityClients,
  current: StoredApplication,
  { cluster, desired, run }: Wanted,
  created: boolean,
): Promise<HookReport> {
  const key = keyOf(desired)
  if (created) {
    const message = `${showKey(key)} is missing, it might have been deleted`
    return { key, created, phase: 'Error', message }
  }
  try {
    objectGuard(clients, current)(key)
    if (!(await makeRoom(cluster, desired, run))) {
      const message = `waiting for the ${showKey(key)} of an earlier run to be gone`
      return { key, created: false, phase: 'Running', message }
    }
    const clientSide = isClientSide(current.application, desired)
    const live = await cluster.apply(desired, { clientSide })
    return { key, created: true, ...(await resultOf(clients, live)) }
  } catch (error) {
    // an API server that is away is waited for; a refusal is a result
    if (error instanceof NetworkError || !(error instanceof PlatformError)) throw error
    return { key, created: false, phase: 'Error', message: `${showKey(key)}: ${error.message}` }
  }
}

/**
 * Deletes the object of an earlier run where the policy says so (HOOK-09), and always where nothing
 * would ever be deleted again otherwise (HOOK-14); says whether the place is free.
 */
async function makeRoom(cluster: Cluster, desired: Manifest, { phase }: HookRun): Promise<boolean> {
  const isCleared =
    deletePoliciesOf(desired).includes('BeforeHookCreation') ||
    phase === 'PreDelete' ||
    phase === 'PostDelete'
  const before = await cluster.read(desired.apiVersion, keyOf(desired))
  if (before === undefined || !isCleared) return true
  await cluster.release(before, hookFinalizer)
  if (before.metadata.deletionTimestamp === undefined) await cluster.remove(before, 'Background')
  return (await cluster.read(desired.apiVersion, keyOf(desired))) === undefined
}

async function resultOf(
  { health: rules }: ActivityClients,
  live: Manifest,
): Promise<Pick<HookReport, 'phase' | 'message'>> {
  await rules.ready([live])
  const health = rules.assess(live)
  return { phase: hookPhase(health), message: health?.message ?? '' }
}

/** With why its pods do not get on, for as long as it runs. */
async function explained(cluster: Cluster, report: HookReport): Promise<HookReport> {
  const resources = [{ key: report.key, status: 'Progressing' as const, message: report.message }]
  const { resources: found } = await withReasons(cluster, {
    outcome: 'waiting',
    status: 'Progressing',
    resources,
  })
  return { ...report, message: found[0]?.message ?? report.message }
}
