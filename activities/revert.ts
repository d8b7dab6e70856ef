import type { ApplicationRef, Reverted } from '../core/flow.ts'
import { authorOf } from '../core/git/restore.ts'
import { revertOrders } from '../core/policy/revert.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { presentApplication } from './current.ts'

export type RevertInput = { readonly application: ApplicationRef }

const authorSetting = 'driftless.rollback.author'

/**
 * Puts the tracked branches back to the deployment that the last automatic rollback went back to.
 * The commit of a run that died before it could tell is known by its trailer.
 */
export function createRevert({
  applications,
  gitWriter,
  setting,
}: Pick<ActivityClients, 'applications' | 'gitWriter' | 'setting'>) {
  return async ({ application: ref }: RevertInput): Promise<Reverted> => {
    const { application, object } = await presentApplication(applications, ref)
    const { driftless, history = [] } = statusOf(object)
    const rollback = driftless?.rollbacks?.at(-1)
    const entry = history.find(({ id }) => id === rollback?.to)
    if (rollback === undefined || entry === undefined) {
      return {
        commits: [],
        givenUp: 'the deployment that it went back to is gone from the history',
      }
    }
    const author = authorOf(setting(authorSetting))
    const orders = revertOrders({ ref, application, rollback, entry, author })
    if (orders === undefined) {
      return { commits: [], givenUp: 'the Application has other sources by now' }
    }
    const commits: string[] = []
    for (const order of orders) {
      const restored = await gitWriter.restore(order)
      if ('givenUp' in restored) return { commits, givenUp: restored.givenUp }
      commits.push(restored.commit)
    }
    return { commits }
  }
}
