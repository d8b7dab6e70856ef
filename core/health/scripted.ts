import { textAt } from '../manifest/field.ts'
import { type Health, healthStatuses, verdict } from './health.ts'

/** The verdict of a health script: the table with `status` and `message` that it returned (HEALTH-21). */
export function scriptedHealth(returned: unknown): Health | undefined {
  // a script that says nothing has no opinion, as in Argo CD
  if (returned === null || (typeof returned === 'object' && Object.keys(returned).length === 0)) {
    return undefined
  }
  const status = healthStatuses.find((known) => known === textAt(returned, 'status'))
  if (status === undefined) return verdict('Unknown', 'the health script returned no known status')
  return verdict(status, textAt(returned, 'message'))
}

/** The verdict when the script could not tell. */
export function failedHealth(reason: string): Health {
  return verdict('Unknown', `the health script failed: ${reason}`)
}
