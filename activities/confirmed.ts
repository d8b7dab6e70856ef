import type { ApplicationRef } from '../core/flow.ts'
import { isConfirmed } from '../core/plan/confirmation.ts'
import type { ActivityClients } from './clients.ts'

export type ConfirmedInput = {
  readonly application: ApplicationRef
  /** Epoch ms of the start of what is to be confirmed. */
  readonly since: number
}

/** Whether a person confirmed it (OPT-02); asked past the watch, which may be behind whoever told of it. */
export function createConfirmed({ applications }: Pick<ActivityClients, 'applications'>) {
  return async ({ application: ref, since }: ConfirmedInput): Promise<boolean> => {
    const current = await applications.read(ref.namespace, ref.name)
    return current?.ref.uid === ref.uid && isConfirmed(current.application, since)
  }
}
