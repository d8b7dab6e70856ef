import { rfc3339 } from '../time.ts'
import type { ApplicationStatus, Condition, ResourceStatus } from './status.ts'

/** Bytes of a status as JSON. etcd takes 1.5 MiB for all of an Application; spec and managedFields need their part. */
export const maxStatusBytes = 900 * 1024
const maxTextLength = 2_000

/** One thing that can be left out. */
type Cut = {
  readonly what: string
  readonly from: (status: ApplicationStatus) => ApplicationStatus
  /** What it leaves its gap in; a status that took this over from the one before has the gap too. */
  readonly part?: (status: ApplicationStatus) => unknown
}

/** In this order. What an object is stays whatever happens: prunes and deletions go by the inventory. */
const cuts: readonly Cut[] = [
  {
    what: 'messages of operationState.syncResult.resources',
    from: (status) =>
      withResults(status, (results) => results.map(({ message: _, ...kept }) => kept)),
    part: resultsOf,
  },
  {
    what: 'entries of operationState.syncResult.resources',
    from: (status) => withResults(status, () => []),
    part: resultsOf,
  },
  {
    what: 'health of resources',
    from: (status) => ({
      ...status,
      ...(status.resources !== undefined && { resources: status.resources.map(withoutHealth) }),
    }),
    part: ({ resources }) => resources,
  },
  { what: 'ends of long messages', from: withShortTexts },
]

/**
 * The status, small enough to be stored; what had to be left out is named by the condition
 * `StatusTruncated`. `previous` is the status that it was built upon. Pure.
 */
export function fitStatus(
  status: ApplicationStatus,
  previous: ApplicationStatus = {},
): ApplicationStatus {
  if (status === previous) return status
  const before = previous.conditions?.find(isTruncated)
  const missing = new Set(
    cuts
      .filter(
        ({ what, part }) => before?.message.includes(what) && isTakenOver(part, status, previous),
      )
      .map(({ what }) => what),
  )
  let fitting = named(status, missing, before)
  for (const { what, from } of cuts) {
    const bytes = sizeOf(fitting)
    if (bytes <= maxStatusBytes) break
    const smaller = from(fitting)
    if (sizeOf(smaller) === bytes) continue
    missing.add(what)
    fitting = named(smaller, missing, before)
  }
  return fitting
}

function isTakenOver(
  part: Cut['part'],
  status: ApplicationStatus,
  previous: ApplicationStatus,
): boolean {
  return part !== undefined && part(status) !== undefined && part(status) === part(previous)
}

function named(
  status: ApplicationStatus,
  missing: ReadonlySet<string>,
  before: Condition | undefined,
): ApplicationStatus {
  const { conditions = [] } = status
  const others = conditions.filter((condition) => !isTruncated(condition))
  if (missing.size === 0) {
    return others.length === conditions.length ? status : { ...status, conditions: others }
  }
  const message = `the status would be larger than ${maxStatusBytes / 1024} KiB; left out: ${[...missing].join(', ')}`
  const { reconciledAt = rfc3339(0) } = status
  const since = before?.message === message ? before.lastTransitionTime : reconciledAt
  const condition = { type: 'StatusTruncated', message, lastTransitionTime: since }
  return { ...status, conditions: [...others, condition] }
}

function isTruncated({ type }: Condition): boolean {
  return type === 'StatusTruncated'
}

function sizeOf(status: ApplicationStatus): number {
  return new TextEncoder().encode(JSON.stringify(status)).length
}

type Results = NonNullable<ApplicationStatus['operationState']>['syncResult']['resources']

function resultsOf({ operationState }: ApplicationStatus): Results | undefined {
  return operationState?.syncResult?.resources
}

function withResults(
  status: ApplicationStatus,
  change: (results: Results) => Results,
): ApplicationStatus {
  const { operationState } = status
  const results = resultsOf(status)
  if (operationState === undefined || results === undefined) return status
  const syncResult = { ...operationState.syncResult, resources: change(results) }
  return { ...status, operationState: { ...operationState, syncResult } }
}

function withoutHealth({ health: _, ...kept }: ResourceStatus): ResourceStatus {
  return kept
}

/** A failure of thousands of objects names each of them, in each of these. */
function withShortTexts(status: ApplicationStatus): ApplicationStatus {
  const { health, operationState, conditions, driftless } = status
  const { failure, lastAttempt } = driftless ?? {}
  return {
    ...status,
    ...(health && { health: shortened(health, 'message') }),
    ...(operationState && { operationState: shortened(operationState, 'message') }),
    ...(conditions && { conditions: conditions.map((one) => shortened(one, 'message')) }),
    ...(driftless && {
      driftless: {
        ...driftless,
        ...(failure && { failure: shortened(failure, 'evidence') }),
        ...(lastAttempt && { lastAttempt: shortened(lastAttempt, 'failure') }),
      },
    }),
  }
}

function shortened<T extends object>(value: T, field: keyof T): T {
  const text = value[field]
  if (typeof text !== 'string' || text.length <= maxTextLength) return value
  return { ...value, [field]: `${text.slice(0, maxTextLength)}…` }
}
