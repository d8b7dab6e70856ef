import {
  type Application,
  type ApplicationSource,
  isChart,
  isOnlyLent,
  projectOf,
  sourcesIn,
} from '../application.ts'
import { nameOf } from '../flow/names.ts'
import type { ApplicationRef } from '../flow.ts'
import type { Author, RestoreOrder } from '../git/restore.ts'
import type { JsonObject } from '../manifest/manifest.ts'
import { shortRevision } from '../short-revision.ts'
import type { AutomaticRollback } from '../status/rollback-state.ts'
import type { HistoryEntry } from '../status/status.ts'

type Reverting = {
  readonly ref: ApplicationRef
  readonly application: Application
  /** What was rolled back, and the deployment that it went back to. */
  readonly rollback: AutomaticRollback
  readonly entry: HistoryEntry
  readonly author: Author
}

/**
 * What has to be put back in Git for what is tracked to be that deployment again: one order for each
 * branch. Charts lie in no branch; undefined when the Application deploys from elsewhere by now.
 */
export function revertOrders(reverting: Reverting): readonly RestoreOrder[] | undefined {
  const { application, rollback, entry } = reverting
  const then = entry.sources ?? [entry.source ?? {}]
  const good = entry.revisions ?? [entry.revision]
  const bad = rollback.revisions ?? [rollback.revision]
  const sources = sourcesIn(application)
  if (!sources.every((source, index) => isSamePlace(source, then[index]))) return undefined
  const orders = new Map<string, RestoreOrder>()
  for (const [index, source] of sources.entries()) {
    if (isChart(source) || isOnlyLent(source)) continue
    const { repoURL: url = '', path = '.', targetRevision: revision = 'HEAD' } = source
    const name = `${url}\n${revision}`
    const { paths = [] } = orders.get(name) ?? {}
    const [from = '', to = ''] = [bad[index], good[index]]
    orders.set(name, {
      ...{ url, revision, project: projectOf(application), paths: [...paths, path] },
      ...{ good: to, bad: from, ...textOf(reverting, to) },
    })
  }
  return [...orders.values()]
}

function isSamePlace({ repoURL, path = '.' }: ApplicationSource, then: JsonObject = {}): boolean {
  return then.repoURL === repoURL && (then.path ?? '.') === path
}

function textOf({ ref, rollback, author }: Reverting, good: string) {
  const message = [
    `Put ${ref.name} back to ${shortRevision(good)}`,
    `The Application ${nameOf(ref)} was rolled back: ${rollback.reason}`,
  ].join('\n\n')
  return { message, trailer: `Driftless-Rollback: ${ref.uid}/${rollback.inputs}`, author }
}
