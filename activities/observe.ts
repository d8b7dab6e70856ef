import pLimit from 'p-limit'
import type { StoredApplication } from '../clients/applications.ts'
import { type GitSource, projectOf, sourcesOf } from '../core/application.ts'
import { GitAccessError, GitAuthError, PlatformError } from '../core/errors.ts'
import { isTrackedBy } from '../core/event/match.ts'
import { repositoryDecision } from '../core/event/repository-decision.ts'
import { nameOf } from '../core/flow/names.ts'
import type { Look, Observed, Wake } from '../core/flow.ts'
import { shortRevision } from '../core/short-revision.ts'
import { statusOf } from '../core/status/status.ts'
import { type Address, addressesOf } from './addresses.ts'
import type { ActivityClients } from './clients.ts'
import { inputsOf } from './inputs.ts'
import type { Repositories } from './repositories.ts'
import { infoOf } from './sources.ts'
import { tell } from './tell.ts'

export type ObserveInput = {
  /** Host and path; see `repositoryKey`. */
  readonly repository: string
  readonly looks: readonly Look[]
}

const parallelWakes = 24
const lookAgainMs = 1_000
const unreachableAgainMs = 10_000
// a commit that nobody can see after this long was never pushed, or was overwritten since
const giveUpMs = 5 * 60_000

/**
 * One look at a repository: fetches once per address and wakes the applications whose inputs changed.
 * What the looks announce is only waited for; what is deployed comes from Git. An address that does
 * not answer holds up nobody who uses another one of the same repository; at a poll those who use it
 * are woken, so that it is told.
 */
export function createObserve(clients: ActivityClients, repositories: Repositories) {
  return async ({ repository, looks }: ObserveInput): Promise<Observed> => {
    const { applications, now } = clients
    await applications.synced
    const at = now()
    const tracking = applications
      .all()
      .filter(({ application }) => isTrackedBy(application, repository))
    const addresses = await addressesOf(clients, repositories, tracking, repository)
    const places = await Promise.all(
      addresses.map((address) => lookAt(clients, { ...address, looks, at })),
    )
    const reached = places.filter((place) => place.error === undefined)
    const [unreachable] = places.filter((place) => place.error !== undefined)
    if (reached.length === 0 && unreachable !== undefined) throw unreachable.error
    // an application can use the repository under two addresses
    const changed = [
      ...new Map(
        reached.flatMap(({ changed: found }) => found.map((one) => [one.entry.ref.uid, one])),
      ).values(),
    ]
    const missing = looks.filter(
      (look) =>
        isAnnounced(look, at) &&
        (unreachable !== undefined || !reached.some(({ visible }) => visible.includes(look))),
    )
    const events = eventsOf(looks)
    const head = reached[0]?.head ?? ''
    const decision = repositoryDecision({
      ...{ repository, at, events, head, applications: tracking.length },
      woken: changed.map(({ entry: { ref }, why }) => ({
        application: nameOf(ref),
        reason: why,
      })),
      missing: missing.length,
    })
    // polls that find nothing are no news
    const isNews = events.length > 0 || changed.length > 0
    return {
      ...{ head, applications: tracking.length, woken: changed.length, missing },
      lookAgainMs: unreachable === undefined ? lookAgainMs : unreachableAgainMs,
      unpublished: isNews ? await tell(clients, [decision]) : [],
    }
  }
}

type Place = Address & {
  readonly looks: readonly Look[]
  readonly at: number
}
type Seen = {
  readonly head: string
  readonly changed: readonly Changed[]
  /** The looks whose commit is there. */
  readonly visible: readonly Look[]
  readonly error?: PlatformError
}

/** One address of the repository, and the applications that use it. */
async function lookAt(clients: ActivityClients, { looks, at, ...address }: Place): Promise<Seen> {
  try {
    await address.refresh(at)
    const head = await address.head()
    const { entries, url } = address
    const found = await Promise.all(entries.map((entry) => changeOf(clients, url, entry)))
    const changed = found.flat()
    const reason = looks.some((look) => look.reason !== 'poll') ? 'push' : 'poll'
    const events = eventsOf(looks)
    const limit = pLimit(parallelWakes)
    await Promise.all(
      changed.map(({ entry: { ref }, commit, about }) => {
        const message: Wake = {
          ...{ reason, at },
          ...(events.length > 0 && { events }),
          ...(commit && { commit, about }),
        }
        return limit(() => clients.wake(ref, message))
      }),
    )
    return { head, changed, visible: await visibleIn(address, looks) }
  } catch (error) {
    // Temporal that does not take a wake is another matter than Git that does not answer
    if (error instanceof GitAccessError || error instanceof GitAuthError) {
      if (looks.some(({ reason }) => reason === 'poll')) await wakeUntold(clients, address, at)
      return { head: '', changed: [], visible: [], error }
    }
    throw error
  }
}

/**
 * The operations of those that do not show it yet find the same trouble, and say it when it lasts.
 * Polls are rare enough for that; a look that follows on a push comes again every few seconds.
 */
async function wakeUntold(
  clients: ActivityClients,
  { entries }: Address,
  at: number,
): Promise<void> {
  const untold = entries.filter(({ object }) => statusOf(object).sync?.status !== 'Unknown')
  const limit = pLimit(parallelWakes)
  await Promise.all(untold.map(({ ref }) => limit(() => clients.wake(ref, { reason: 'poll', at }))))
}

function eventsOf(looks: readonly Look[]): readonly string[] {
  return looks.flatMap(({ event }) => event ?? [])
}

type Changed = {
  readonly entry: StoredApplication
  readonly commit?: string
  readonly about?: string
  readonly why: string
}

/** An application whose inputs cannot be read is woken too: its own operation says why. */
async function changeOf(
  clients: ActivityClients,
  url: string,
  entry: StoredApplication,
): Promise<readonly Changed[]> {
  const { driftless, sync } = statusOf(entry.object)
  // what could not be compared has to be, also when Git goes back to what was compared before
  const isKnown = sync?.status !== 'Unknown' && driftless?.specDigest === entry.specDigest
  try {
    const { inputs, commits } = await inputsOf(clients, entry)
    if (isKnown && driftless.inputs === inputs) return []
    const sources = sourcesOf(entry.application)
    const at = sources.findIndex(({ repoURL }) => repoURL === url)
    const commit = commits[at] ?? ''
    const why =
      driftless?.inputs === inputs
        ? 'its spec changed'
        : `what it renders from changed with ${shortRevision(commit)}`
    return [{ entry, commit, about: await aboutOf(clients, entry, sources[at], commit), why }]
  } catch (error) {
    if (error instanceof PlatformError) return [{ entry, why: error.message }]
    throw error
  }
}

async function aboutOf(
  clients: ActivityClients,
  { application }: StoredApplication,
  source: GitSource | undefined,
  revision: string,
): Promise<string> {
  const { subject, author } = await infoOf(clients, projectOf(application), source, revision)
  return author === '' ? subject : `"${subject}" by ${author}`
}

function isAnnounced({ commit, at }: Look, now: number): boolean {
  return commit !== undefined && now - at <= giveUpMs
}

async function visibleIn({ has }: Address, looks: readonly Look[]): Promise<readonly Look[]> {
  const found = await Promise.all(
    looks.map(async ({ commit }) => commit !== undefined && (await has(commit))),
  )
  return looks.filter((_, index) => found[index] === true)
}
