import pLimit from 'p-limit'
import type { StoredApplication } from '../clients/applications.ts'
import type { Git } from '../clients/git.ts'
import { sourceOf } from '../core/application.ts'
import { PlatformError } from '../core/errors.ts'
import { isTrackedBy } from '../core/event/match.ts'
import { repositoryDecision } from '../core/event/repository-decision.ts'
import type { Look, Observed, Wake } from '../core/flow.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { inputsOf } from './inputs.ts'
import type { Repositories } from './repositories.ts'
import { tell } from './tell.ts'

export type ObserveInput = {
  /** Host and path; see `repositoryKey`. */
  readonly repository: string
  readonly looks: readonly Look[]
}

const parallelWakes = 24
const lookAgainMs = 1_000
// a commit that nobody can see after this long was never pushed, or was overwritten since
const giveUpMs = 5 * 60_000

/**
 * One look at a repository: fetches once and wakes the applications whose inputs changed.
 * What the looks announce is only waited for; what is deployed comes from Git.
 */
export function createObserve(clients: ActivityClients, repositories: Repositories) {
  return async ({ repository, looks }: ObserveInput): Promise<Observed> => {
    const { applications, git, now } = clients
    await applications.synced
    const at = now()
    const tracking = applications
      .all()
      .filter(({ application }) => isTrackedBy(application, repository))
    const urls = [...new Set(tracking.map(urlOf))]
    await Promise.all(urls.map((url) => repositories.ensureFresh(url, at)))
    const [url] = urls
    if (url === undefined) return { head: '', applications: 0, woken: 0, missing: [], lookAgainMs }
    const { commit: head } = await git.resolve(url, 'HEAD').catch(() => ({ commit: '' }))
    const changed = await changedApplications(git, tracking)
    const reason = looks.some((look) => look.reason !== 'poll') ? 'push' : 'poll'
    const events = looks.flatMap(({ event }) => event ?? [])
    const limit = pLimit(parallelWakes)
    await Promise.all(
      changed.map(({ entry: { ref }, commit, about }) => {
        const wake: Wake = {
          reason,
          at,
          ...(events.length > 0 && { events }),
          ...(commit && { commit, about }),
        }
        return limit(() => clients.wake(ref, wake))
      }),
    )
    const missing = await notYetVisible(git, url, looks, at)
    const found = { head, applications: tracking.length, missing, lookAgainMs }
    const decision = repositoryDecision({
      ...{ repository, at, events, head, applications: tracking.length },
      woken: changed.map(({ entry: { ref }, why }) => ({
        application: `${ref.namespace}/${ref.name}`,
        reason: why,
      })),
      missing: missing.length,
    })
    // polls that find nothing are no news
    const isNews = events.length > 0 || changed.length > 0
    const unpublished = isNews ? await tell(clients, [decision]) : []
    return { ...found, woken: changed.length, unpublished }
  }
}

function urlOf({ application }: StoredApplication): string {
  return sourceOf(application)?.repoURL ?? ''
}

type Changed = {
  readonly entry: StoredApplication
  readonly commit?: string
  readonly about?: string
  readonly why: string
}

async function changedApplications(
  git: Git,
  tracking: readonly StoredApplication[],
): Promise<readonly Changed[]> {
  return (await Promise.all(tracking.map((entry) => changeOf(git, entry)))).flat()
}

/** An application whose inputs cannot be read is woken too: its own operation says why. */
async function changeOf(git: Git, entry: StoredApplication): Promise<readonly Changed[]> {
  const { driftless, sync } = statusOf(entry.object)
  // what could not be compared has to be, also when Git goes back to what was compared before
  const isKnown = sync?.status !== 'Unknown' && driftless?.specDigest === entry.specDigest
  try {
    const { inputs, commit } = await inputsOf(git, entry)
    if (isKnown && driftless.inputs === inputs) return []
    const why =
      driftless?.inputs === inputs
        ? 'its spec changed'
        : `what it renders from changed with ${commit.slice(0, 7)}`
    const { subject, author } = await git.commitInfo(urlOf(entry), commit)
    return [{ entry, commit, about: `"${subject}" by ${author}`, why }]
  } catch (error) {
    if (error instanceof PlatformError) return [{ entry, why: error.message }]
    throw error
  }
}

async function notYetVisible(
  git: Git,
  url: string,
  looks: readonly Look[],
  now: number,
): Promise<readonly Look[]> {
  const visible = await Promise.all(
    looks.map(
      ({ commit, at }) => commit === undefined || now - at > giveUpMs || git.has(url, commit),
    ),
  )
  return looks.filter((_, index) => visible[index] === false)
}
