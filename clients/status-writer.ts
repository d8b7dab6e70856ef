import { ConflictError, NotFoundError } from '../core/errors.ts'
import { nameOf } from '../core/flow/names.ts'
import type { ApplicationRef } from '../core/flow.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { fitStatus } from '../core/status/fit.ts'
import { mergePatch } from '../core/status/merge-patch.ts'
import { type ApplicationStatus, statusOf } from '../core/status/status.ts'
import type { ApplicationIndex, StoredApplication } from './applications.ts'

/** What the Application becomes, given what it is; undefined leaves it as it is. */
export type StatusChange = (application: StoredApplication) => NextState | undefined
export type NextState = {
  readonly status: ApplicationStatus
  /** Takes the request off that the status answers. */
  readonly clearOperation?: boolean
  /** What is asked for next, in place of what is cleared. */
  readonly operation?: object
  /** Annotations that are taken off because what they ask for is done. */
  readonly clearAnnotations?: readonly string[]
}

/**
 * Writes `Application.status`: merge patches of status alone, with the resourceVersion that was
 * read. Progress is written at most once per 250 ms and folded into whatever is written next.
 * A status that somebody else's write took away is written back as it was.
 */
export type StatusWriter = {
  /** Settles when the API server has it. Undefined when the Application is gone or a newer status is there. */
  write(ref: ApplicationRef, change: StatusChange): Promise<StoredApplication | undefined>
  /** Settles at once; what is not written within 250 ms may be overtaken by the next write. */
  progress(ref: ApplicationRef, change: StatusChange): void
}

const progressMs = 250
const maxConflicts = 8
const firstPauseMs = 100
const lastPauseMs = 10_000

export function createStatusWriter(
  applications: ApplicationIndex,
  onError: (error: unknown) => void,
): StatusWriter {
  const waiting = new Map<string, NodeJS.Timeout>()
  const chains = new Map<string, Promise<unknown>>()

  const serially = async <T>(ref: ApplicationRef, work: () => Promise<T>): Promise<T> => {
    const name = nameOf(ref)
    const before = chains.get(name) ?? Promise.resolve()
    const mine = before.then(work, work)
    chains.set(name, mine)
    try {
      return await mine
    } finally {
      if (chains.get(name) === mine) chains.delete(name)
    }
  }
  const restore = (ref: ApplicationRef, pauseMs = firstPauseMs): void => {
    serially(ref, () => writeNow(applications, ref, asBefore)).catch((error) => {
      onError(error)
      setTimeout(() => restore(ref, Math.min(pauseMs * 2, lastPauseMs)), pauseMs)
    })
  }
  applications.subscribe(({ ref, application }) => {
    if (application?.statusThere !== undefined) restore(ref)
  })
  return {
    async write(ref, change) {
      clearTimeout(waiting.get(nameOf(ref)))
      waiting.delete(nameOf(ref))
      return await serially(ref, () => writeNow(applications, ref, change))
    },
    progress(ref, change) {
      const name = nameOf(ref)
      clearTimeout(waiting.get(name))
      const timer = setTimeout(() => {
        waiting.delete(name)
        serially(ref, () => writeNow(applications, ref, change)).catch(onError)
      }, progressMs)
      waiting.set(name, timer)
    },
  }
}

async function writeNow(
  applications: ApplicationIndex,
  ref: ApplicationRef,
  change: StatusChange,
): Promise<StoredApplication | undefined> {
  let current = applications.get(ref.namespace, ref.name)
  for (let attempt = 0; current?.ref.uid === ref.uid; attempt++) {
    const patch = patchOf(current, change)
    if (patch === undefined) return current
    try {
      return await applications.patch(ref, patch)
    } catch (error) {
      if (error instanceof NotFoundError) return undefined
      if (!(error instanceof ConflictError) || attempt === maxConflicts) throw error
      current = await applications.read(ref.namespace, ref.name)
    }
  }
  return undefined
}

/** Whatever is written first, a report or this, is built upon the status of before. */
function asBefore({ object, statusThere }: StoredApplication): NextState | undefined {
  return statusThere === undefined ? undefined : { status: statusOf(object) }
}

/** Undefined when there is nothing to change, or a newer status is there. */
function patchOf(application: StoredApplication, change: StatusChange): object | undefined {
  const { object, statusThere } = application
  const after = change(application)
  if (after === undefined) return undefined
  const previous = statusOf(object)
  const status = mergePatch(statusThere ?? previous, fitStatus(after.status, previous))
  const operation = operationPatch(object, after)
  const done = (after.clearAnnotations ?? []).filter(
    (name) => name in (object.metadata.annotations ?? {}),
  )
  if (status === undefined && operation === undefined && done.length === 0) return undefined
  const { resourceVersion, uid } = object.metadata
  const annotations = Object.fromEntries(done.map((name) => [name, null]))
  return {
    metadata: { resourceVersion, uid, ...(done.length > 0 && { annotations }) },
    ...(status !== undefined && { status }),
    ...operation,
  }
}

/** A request that takes the place of another one leaves nothing of it. */
function operationPatch({ operation: there }: Manifest, { operation, clearOperation }: NextState) {
  if (operation !== undefined) return { operation: mergePatch((there ?? {}) as object, operation) }
  return clearOperation === true && there !== undefined ? { operation: null } : undefined
}
