import type { Application, ApplicationSource } from '../application.ts'
import { digestOf } from '../digest.ts'
import { InvalidSpecError, SupersededError } from '../errors.ts'
import type { OperationRequest, Refresh, RetryPolicy } from '../flow.ts'
import { mappingOf } from '../manifest/field.ts'
import { durationMs } from '../time.ts'
import { becauseInfo, rollbackInfo } from './rollback.ts'

/** What `Application.operation` asks for; undefined when it asks for nothing (APP-01). */
export function requestOf({ operation }: Application): OperationRequest | undefined {
  if (operation?.sync === undefined) return undefined
  const { sync, info = [], initiatedBy } = operation
  const revision = sync.revision || sync.revisions?.[0]
  const selected = sync.resources ?? []
  const said = (wanted: string) => info.find(({ name }) => name === wanted)?.value
  const [rollback, because] = [said(rollbackInfo), said(becauseInfo)]
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
    ...(sync.syncOptions !== undefined && { syncOptions: sync.syncOptions }),
    ...(isForced(sync.syncStrategy) && { force: true as const }),
    ...(rollback !== undefined && { rollbackTo: Number(rollback) }),
    ...(because !== undefined && { because }),
  }
}

/** SYNC-20: `force` of whichever strategy. */
function isForced(strategy: object | undefined): boolean {
  return Object.values(strategy ?? {}).some((of) => mappingOf(of).force === true)
}

/**
 * The Application with the sync options that were asked for in place of its own; one that asks for
 * none is done with those of the spec.
 */
export function withOptionsOf(
  application: Application,
  request: OperationRequest | undefined,
): Application {
  const { syncOptions: asked, force } = request ?? {}
  if (asked === undefined && force === undefined) return application
  const { spec } = application
  const options = asked ?? spec.syncPolicy?.syncOptions ?? []
  const syncOptions = force === true ? [...options, 'Force=true'] : options
  return { ...application, spec: { ...spec, syncPolicy: { ...spec.syncPolicy, syncOptions } } }
}

/**
 * The Application as the request wants it deployed: with its source and revision in place of the
 * spec's. Throws SupersededError when the request is no longer the one that stands there, and
 * InvalidSpecError when it brings manifests of its own.
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
  const { source: ownSource, sources: ownSources = [], revisions = [] } = operation.sync ?? {}
  refuseManifests(operation.sync?.manifests)
  const { source: declared, sources: declaredList = [], ...rest } = spec
  const list = ownSources.length > 0 ? ownSources : ownSource === undefined ? declaredList : []
  if (list.length > 0 && spec.sourceHydrator === undefined) {
    // a single revision means the first source
    const asked = revisions.length > 0 ? revisions : [request.revision]
    const sources = list.map((source, index) => atRevision(source, asked[index]))
    return { ...application, spec: { ...rest, sources } }
  }
  const source = ownSource ?? declared
  if (source === undefined || spec.sourceHydrator !== undefined) return application
  return { ...application, spec: { ...rest, source: atRevision(source, request.revision) } }
}

/** To sync Git in their place would be something else than what was asked for (SYNC-23). */
function refuseManifests(manifests: readonly string[] = []): void {
  if (manifests.length === 0) return
  throw new InvalidSpecError(
    'operation.sync.manifests: only what is in the sources is deployed; push the manifests, and sync their revision',
  )
}

function atRevision(source: ApplicationSource, revision: string | undefined): ApplicationSource {
  return revision ? { ...source, targetRevision: revision } : source
}

const defaultDurationMs = 5_000
const defaultFactor = 2
const defaultMaxMs = 180_000

/** SYNCP-05 to SYNCP-07: the retry of the request, else that of the spec; undefined for none. */
export function retryOf({ operation, spec }: Application): RetryPolicy | undefined {
  const retry = operation?.sync === undefined ? spec.syncPolicy?.retry : operation.retry
  if (retry === undefined) return undefined
  const { duration, factor, maxDuration } = retry.backoff ?? {}
  return {
    limit: retry.limit ?? 0,
    durationMs: durationMs(duration) ?? defaultDurationMs,
    factor: factor ?? defaultFactor,
    maxMs: durationMs(maxDuration) ?? defaultMaxMs,
    ...(retry.refresh === true && { refresh: true as const }),
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
