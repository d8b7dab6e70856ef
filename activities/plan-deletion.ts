import type { StoredApplication } from '../clients/applications.ts'
import { projectOf, sourcesOf } from '../core/application.ts'
import { GitAccessError } from '../core/errors.ts'
import type {
  ApplicationRef,
  DeletionPlan,
  Fetched,
  Hook,
  RenderedManifests,
} from '../core/flow.ts'
import { isHook, phasesOf } from '../core/plan/phase.ts'
import { hookStepsOf } from '../core/plan/steps.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { destinationOf, presentApplication } from './current.ts'
import type { FetchInput } from './fetch.ts'
import { followOwned, unconfirmedOf } from './owned-objects.ts'
import type { RenderInput } from './render.ts'
import { type Desired, readRendered } from './rendered.ts'
import type { Repositories } from './repositories.ts'
import { refreshSource } from './sources.ts'

export type DeletionInput = { readonly application: ApplicationRef }

/** How the manifests are made again that the artifact cache has lost. */
export type Rendering = {
  readonly repositories: Repositories
  readonly fetch: (input: FetchInput) => Promise<Fetched>
  readonly render: (input: RenderInput) => Promise<RenderedManifests>
}

/**
 * The hooks of a deletion (HOOK-14, HOOK-15): those that were compared last, so that a Git that is
 * away holds no deletion up while the artifact cache has them; else they are rendered again.
 * Changes nothing.
 */
export function createPlanDeletion(clients: ActivityClients, rendering: Rendering) {
  return async ({ application: ref }: DeletionInput): Promise<DeletionPlan> => {
    const current = await presentApplication(clients.applications, ref)
    const owned = await followOwned(clients, destinationOf(clients, current), current)
    const unconfirmed = await unconfirmedOf(clients, current, owned())
    const rendered =
      (await comparedLast(clients, current)) ?? (await again(clients, rendering, current))
    const hooks = deleteHooksOf((await readRendered(clients.artifacts, rendered.digest)).objects)
    return {
      rendered,
      before: hookStepsOf(hooks, 'PreDelete'),
      after: hookStepsOf(hooks, 'PostDelete'),
      ...(unconfirmed.length > 0 && { unconfirmed }),
    }
  }
}

function deleteHooksOf(objects: readonly Desired[]): readonly Hook[] {
  return objects.flatMap(({ key, manifest, wave }, object) =>
    isHook(manifest) ? [{ object, key, phases: phasesOf(manifest), wave }] : [],
  )
}

/** What the status names, as long as the cache has it. */
async function comparedLast(
  { artifacts }: ActivityClients,
  { object }: StoredApplication,
): Promise<RenderedManifests | undefined> {
  const { driftless: { rendered: digest, inputs = '' } = {}, sync } = statusOf(object)
  if (digest === undefined || (await artifacts.get(digest)) === undefined) return undefined
  return { revision: sync?.revision ?? '', inputs, digest, count: 0, warnings: [] }
}

/** The revision that was compared last, as long as the sources are those of then; else what they say now. */
async function again(
  clients: ActivityClients,
  { repositories, fetch, render }: Rendering,
  { ref, specDigest, object, application }: StoredApplication,
): Promise<RenderedManifests> {
  const { driftless: { specDigest: compared, inputs = '' } = {}, sync } = statusOf(object)
  const asked = { application: ref, specDigest }
  if (sync?.revision === undefined || compared !== specDigest) {
    return await render({ ...asked, fetched: await fetch({ ...asked, freshSince: 0 }) })
  }
  const { revision, revisions } = sync
  const fetched = { revision, ...(revisions && { revisions }), inputs, subject: '', author: '' }
  try {
    return await render({ ...asked, fetched })
  } catch (error) {
    if (!(error instanceof GitAccessError)) throw error
    // the mirror does not have it any more: the branch may be gone, the commit need not be
    const project = projectOf(application)
    for (const source of sourcesOf(application)) {
      await refreshSource(clients, repositories, project, source, 0)
    }
    return await render({ ...asked, fetched })
  }
}
