import { type Application, sourceOf } from '../application.ts'
import { digestOf } from '../digest.ts'
import { SupersededError } from '../errors.ts'
import type { OperationRequest, Refresh, RetryPolicy } from '../flow.ts'
import { durationMs } from '../time.ts'

/** Entry of `operation.info` by which a rollback names the history entry it goes back to. */
export const rollbackInfo = 'driftless.dev/rollback'

/** What `Application.operation` asks for; undefined when it asks for nothing (APP-01). */
export function requestOf({ operation }: Application): OperationRequest | undefined {
  if (operation?.sync === undefined) return undefined
  const { sync, info = [], initiatedBy } = operation
  const revision = sync.revision || sync.revisions?.[0]
  const selected = sync.resources ?? []
  const rollback = info.find(({ name }) => name === rollbackInfo)?.value
  return {
    digest: digestOf(operation),
    initiator: initiatedBy?.username || 'kubectl',
    ...(revision && { revision }),
    prune: sync.prune === true,
    dryRun: sync.dryRun === true,
    hooks: selected.length === 0 && sync.syncStrategy?.apply === undefined,
    ...(selected.length > 0 && {
      resources: selected.map(({ group = '', kind = '', name = '', namespace }) => ({
        group,
        kind,
        name,
        ...(namespace && { namespace }),
      })),
    }),
    ownSource: sync.source !== undefined || (sync.sources ?? []).length > 0,
    ...(rollback !== undefined && { rollbackTo: Number(rollback) }),
  }
}

/**
 * The Application as the request wants it deployed: with its source and revision in place of the
 * spec's. Throws SupersededError when the request is no longer the one that stands there.
 */
export function asRequested(
  application: Application,
  request: OperationRequest | undefined,
): Application {
  if (request === undefined) return application
  const { operation, spec } = application
  if (operation === undefined || digestOf(operation) !== request.digest) {
    throw new SupersededError('another operation was asked for meanwhile')
  }
  const own = operation.sync?.source ?? operation.sync?.sources?.[0]
  const { sources: _, ...rest } = spec
  const source = own ?? sourceOf(application)
  if (source === undefined) return application
  const targetRevision = request.revision ?? source.targetRevision
  return {
    ...application,
    spec: {
      ...rest,
      source: targetRevision === undefined ? source : { ...source, targetRevision },
    },
  }
}

const defaultDurationMs = 5_000
const defaultFactor = 2
const defaultMaxMs = 180_000

/** SYNCP-05 to SYNCP-07: the retry of the request, else that of the spec; undefined for none. */
export function retryOf({ operation, spec }: Application): RetryPolicy | undefined {
  const retry = operation?.sync === undefined ? spec.syncPolicy?.retry : operation.retry
  if (retry === undefined || retry.limit === 0) return undefined
  const { duration, factor, maxDuration } = retry.backoff ?? {}
  return {
    limit: retry.limit ?? -1,
    durationMs: durationMs(duration) ?? defaultDurationMs,
    factor: factor ?? defaultFactor,
    maxMs: durationMs(maxDuration) ?? defaultMaxMs,
  }
}

const refreshAnnotation = 'argocd.argoproj.io/refresh'
const stampAnnotation = 'argocd.argoproj.io/refresh-timestamp'
export const refreshAnnotations = [refreshAnnotation, stampAnnotation] as const

/** AUTO-03, AUTO-04. The stamp keeps a later request from being taken for this one (AUTO-05). */
export function refreshOf({ metadata }: Application): Refresh | undefined {
  const { annotations = {} } = metadata
  const kind = annotations[refreshAnnotation]
  if (kind === undefined) return undefined
  const stamp = annotations[stampAnnotation] ?? ''
  return { kind: kind === 'hard' ? 'hard' : 'normal', stamp: `${kind} ${stamp}` }
}
