import type { Manifest } from '../../core/manifest/manifest.ts'
import { ExpiredError, errorOf } from './failure.ts'
import type { KubeTransport } from './transport.ts'

export type ReflectorOptions = {
  readonly transport: KubeTransport
  readonly path: string
  readonly labelSelector?: string
  /** Called for each object of a full list, before `replaced`. */
  readonly onChange: (object: Manifest) => void
  readonly onDelete: (object: Manifest) => void
  /** After each full list: which objects there are; whatever else is remembered is gone. */
  readonly onList: (objects: readonly Manifest[], resourceVersion: string) => void
  readonly onError?: (error: unknown) => void
}

/** Follows one collection of the API: list, then watch, for as long as it is not stopped. */
export type Reflector = {
  /** Settles when the first list is in. */
  readonly synced: Promise<void>
  /** Whether the watch is up, as far as can be known. */
  connected(): boolean
  stop(): void
}

const pageSize = '500'
const watchSeconds = 290
// bookmarks come about once a minute; a watch silent for longer than this is taken for dead
const silenceMs = 150_000
const firstRetryMs = 100
const lastRetryMs = 10_000

type Position = { resourceVersion: string }

/**
 * Own reflector: client-node's informer stops at most errors and never asks for bookmarks
 * (docs/decisions/0006-own-kubernetes-transport.md).
 */
export function createReflector(options: ReflectorOptions): Reflector {
  const stopped = new AbortController()
  const first = Promise.withResolvers<void>()
  const state = { connected: false }
  void follow(options, stopped.signal, state, first.resolve)
  return {
    synced: first.promise,
    connected: () => state.connected,
    stop: () => stopped.abort(),
  }
}

async function follow(
  options: ReflectorOptions,
  stopped: AbortSignal,
  state: { connected: boolean },
  synced: () => void,
): Promise<void> {
  let position: Position | undefined
  let retryMs = firstRetryMs
  while (!stopped.aborted) {
    try {
      if (position === undefined) {
        position = await list(options, stopped)
        synced()
      }
      state.connected = true
      await watch(options, position, stopped)
      retryMs = firstRetryMs
      // a server that ends every watch at once must not be asked in a tight loop
      await pause(firstRetryMs * Math.random(), stopped)
    } catch (error) {
      state.connected = false
      if (stopped.aborted) return
      if (error instanceof ExpiredError) position = undefined
      else options.onError?.(error)
      // jittered, so that a hundred reflectors do not come back in the same millisecond
      await pause(retryMs * (0.5 + Math.random()), stopped)
      retryMs = Math.min(retryMs * 2, lastRetryMs)
    }
  }
}

async function list(options: ReflectorOptions, signal: AbortSignal): Promise<Position> {
  const objects: Manifest[] = []
  let page: string | undefined
  let resourceVersion = ''
  do {
    const answer: ListAnswer = await options.transport.request(options.path, {
      query: { limit: pageSize, continue: page, labelSelector: options.labelSelector },
      signal,
    })
    // items of a list carry neither apiVersion nor kind
    const head = { apiVersion: answer.apiVersion, kind: answer.kind.replace(/List$/, '') }
    objects.push(...(answer.items ?? []).map((item) => ({ ...item, ...head }) as Manifest))
    resourceVersion = answer.metadata.resourceVersion
    page = answer.metadata.continue || undefined
  } while (page !== undefined)
  for (const object of objects) options.onChange(object)
  options.onList(objects, resourceVersion)
  return { resourceVersion }
}

type ListAnswer = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string }
  readonly items?: readonly object[]
}

type WatchEvent = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: Manifest & { readonly code?: number; readonly message?: string }
}

async function watch(
  options: ReflectorOptions,
  position: Position,
  stopped: AbortSignal,
): Promise<void> {
  const silent = new AbortController()
  const signal = AbortSignal.any([stopped, silent.signal])
  let timer = setTimeout(() => silent.abort(), silenceMs)
  try {
    const body = await options.transport.stream(options.path, {
      query: {
        watch: '1',
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(Math.round(watchSeconds * (1 + Math.random()))),
        resourceVersion: position.resourceVersion,
        labelSelector: options.labelSelector,
      },
      signal,
    })
    for await (const line of lines(body)) {
      clearTimeout(timer)
      timer = setTimeout(() => silent.abort(), silenceMs)
      receive(options, position, JSON.parse(line) as WatchEvent)
    }
  } finally {
    clearTimeout(timer)
  }
}

function receive(
  options: ReflectorOptions,
  position: Position,
  { type, object }: WatchEvent,
): void {
  if (type === 'ERROR') {
    throw errorOf('WATCH', options.path, object.code ?? 500, JSON.stringify(object))
  }
  if (type === 'DELETED') options.onDelete(object)
  else if (type !== 'BOOKMARK') options.onChange(object)
  // after the handler: a crash in between must see the event again
  position.resourceVersion = object.metadata.resourceVersion ?? position.resourceVersion
}

async function* lines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts.filter((part) => part !== '')
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
