import pLimit from 'p-limit'
import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import { approvalAnnotation } from '../core/flow/approval.ts'
import type { ApplicationRef, Wake, WakeReason } from '../core/flow.ts'
import { watchDigest } from '../core/policy/watch-digest.ts'
import { isTerminating, statusOf } from '../core/status/status.ts'
import { retryForever } from './retry.ts'

export type ApplicationWatchOptions = {
  readonly applications: ApplicationIndex
  readonly wake: (ref: ApplicationRef, wake: Wake) => Promise<void>
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

/** What Temporal took last of an Application, with and without what a person confirmed. */
type Taken = { readonly observed: string; readonly unconfirmed: string }
type Handed = { readonly observed: string; readonly isWiped: boolean }

const parallelHandovers = 24

/**
 * Hands every Application that calls for work to its workflow, and retries until Temporal accepts.
 * Level-triggered: what counts is the difference between the Application as it is and what was
 * handed over last, whichever event told of it; our own status writes are no difference.
 * The loss of our status is one: the worker writes it back when it remembers it, and builds it anew
 * when it was away.
 */
export function startApplicationWatch({
  applications,
  wake,
  now,
  onError,
}: ApplicationWatchOptions): void {
  const handed = new Map<string, Handed>()
  const taken = new Map<string, Taken>()
  const limit = pLimit(parallelHandovers)

  const handOver = async (application: StoredApplication): Promise<void> => {
    const { ref, observed } = application
    const unconfirmed = unconfirmedDigest(application)
    await retryForever(async () => {
      const current = applications.get(ref.namespace, ref.name)
      // a newer state is handed over by its own change
      if (current?.ref.uid !== ref.uid || current.observed !== observed) return
      const before = taken.get(ref.uid)
      const isConfirmed = before?.unconfirmed === unconfirmed && before.observed !== observed
      await wake(ref, { reason: reasonOf(current, isConfirmed), at: now(), observed })
      taken.set(ref.uid, { observed, unconfirmed })
    }, onError)
  }
  const consider = (application: StoredApplication): void => {
    const { ref, observed, statusThere } = application
    const last = handed.get(ref.uid)
    const isWiped = statusThere !== undefined
    handed.set(ref.uid, { observed, isWiped })
    if (last?.observed === observed && (last.isWiped || !isWiped)) return
    // after a restart: what the status already speaks of was taken up before
    if (last === undefined && isTakenUp(application)) {
      taken.set(ref.uid, { observed, unconfirmed: unconfirmedDigest(application) })
      return
    }
    void limit(() => handOver(application))
  }
  applications.subscribe(({ ref, application }) => {
    if (application === undefined) {
      handed.delete(ref.uid)
      taken.delete(ref.uid)
    } else consider(application)
  })
  for (const application of applications.all()) consider(application)
}

function reasonOf({ object }: StoredApplication, isConfirmed: boolean): WakeReason {
  const { deletionTimestamp, annotations = {} } = object.metadata
  if (deletionTimestamp !== undefined) return 'delete'
  if (isConfirmed) return 'confirm'
  if (isTerminating(object)) return 'terminate'
  if (object.operation !== undefined) return 'operation'
  return annotations['argocd.argoproj.io/refresh'] === undefined ? 'spec' : 'refresh'
}

function isTakenUp({ object, observed }: StoredApplication): boolean {
  const { driftless } = statusOf(object)
  return driftless?.observed === observed && object.metadata.deletionTimestamp === undefined
}

function unconfirmedDigest({ object, observed }: StoredApplication): string {
  const { [approvalAnnotation]: approval, ...annotations } = object.metadata.annotations ?? {}
  if (approval === undefined) return observed
  return watchDigest({ ...object, metadata: { ...object.metadata, annotations } })
}
