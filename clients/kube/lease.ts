import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { ConflictError, NotFoundError } from '../../core/errors.ts'
import { type LeaseObject, type LeaseSpec, type StoredLease, storedLease } from './lease-object.ts'
import type { KubeTransport } from './transport.ts'

export type LeaseTimes = {
  /** How long a Lease that nobody renews is another's. */
  readonly durationMs: number
  /** How long a holder believes in a Lease that it cannot renew; the rest of the duration is the margin. */
  readonly renewDeadlineMs: number
  readonly retryMs: number
}

export type LeaseOptions = {
  readonly transport: KubeTransport
  readonly namespace: string
  readonly name: string
  /** Unique per process. */
  readonly identity: string
  /** Whether this holder is known to have ended, so that nobody has to wait for it. */
  readonly hasEnded?: (holder: string) => boolean
  /** Somebody else holds it, and we wait. */
  readonly onWait?: (holder: string) => void
  readonly onError: (error: unknown) => void
  /** As Kubernetes' own components have them unless given. */
  readonly times?: LeaseTimes
}

/** The right to work on something, which one process at a time has. */
export type Lease = {
  /** Settles when we hold it; with undefined when `signal` ended the wait. */
  acquire(signal: AbortSignal): Promise<Tenure | undefined>
}

/** The time during which we hold a Lease. */
export type Tenure = {
  /** False from the renew deadline on, whether or not anybody has noticed: to be asked before a write. */
  isHeld(): boolean
  /** Aborted when it is lost; the reason says why. */
  readonly lost: AbortSignal
  /** Ends it, so that a successor need not wait. */
  release(): Promise<void>
}

const kubernetesTimes: LeaseTimes = {
  durationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryMs: 2_000,
}

type Claim = { readonly lease: LeaseObject; readonly spec: LeaseSpec; readonly sentAt: number }

/**
 * Leader election as Kubernetes' components do it. Clocks of machines are never compared: a Lease
 * has expired when we ourselves saw no change of it for as long as it lasts, on a clock that nobody sets.
 */
export function createLease(options: LeaseOptions): Lease {
  const { transport, namespace, name, onError, onWait, times = kubernetesTimes } = options
  const stored = storedLease(transport, namespace, name)
  const isFree = createJudge(options)
  return {
    async acquire(signal) {
      let told: string | undefined
      while (!signal.aborted) {
        try {
          const patience = AbortSignal.any([signal, AbortSignal.timeout(times.renewDeadlineMs)])
          const found = await claim(stored, options, times, isFree, patience)
          if (typeof found !== 'string') return startTenure(stored, options, times, found)
          if (found !== told) onWait?.(found)
          told = found
        } catch (error) {
          if (!signal.aborted) onError(error)
        }
        await pause(times.retryMs, signal)
      }
      return undefined
    },
  }
}

type IsFree = (lease: LeaseObject) => boolean

function createJudge({ identity, hasEnded }: LeaseOptions): IsFree {
  let seen = { version: '', at: 0 }
  return ({ metadata: { resourceVersion }, spec = {} }) => {
    const { holderIdentity: holder = '', leaseDurationSeconds: seconds = 0 } = spec
    // ours: an answer to an earlier claim was lost on its way
    if (holder === '' || holder === identity || hasEnded?.(holder) === true) return true
    if (seen.version !== resourceVersion) seen = { version: resourceVersion, at: monotonicMs() }
    return monotonicMs() - seen.at >= seconds * 1000
  }
}

/** Takes the Lease when it is free; else who holds it. */
async function claim(
  stored: StoredLease,
  { identity }: LeaseOptions,
  { durationMs }: LeaseTimes,
  isFree: IsFree,
  signal: AbortSignal,
): Promise<Claim | string> {
  const before = await stored.read(signal)
  if (before !== undefined && !isFree(before)) return before.spec?.holderIdentity ?? ''
  const now = wallTime()
  const spec: LeaseSpec = {
    ...{ holderIdentity: identity, leaseDurationSeconds: durationMs / 1000 },
    ...{ acquireTime: now, renewTime: now },
    leaseTransitions: before === undefined ? 0 : (before.spec?.leaseTransitions ?? 0) + 1,
  }
  const sentAt = monotonicMs()
  try {
    const lease = await (before === undefined
      ? stored.create(spec, signal)
      : stored.replace(before, spec, signal))
    return { lease, spec, sentAt }
  } catch (error) {
    // two wanted it; the next look tells which one has it
    if (error instanceof ConflictError) return 'another one that was faster'
    throw error
  }
}

function startTenure(
  stored: StoredLease,
  { identity, onError }: LeaseOptions,
  times: LeaseTimes,
  first: Claim,
): Tenure {
  let current = first
  const [lost, ended] = [new AbortController(), new AbortController()]
  // every request of the cluster listens to it
  setMaxListeners(0, lost.signal)
  const leftMs = () => current.sentAt + times.renewDeadlineMs - monotonicMs()

  const renew = async (): Promise<void> => {
    const spec = { ...current.spec, renewTime: wallTime() }
    const sentAt = monotonicMs()
    const signal = AbortSignal.timeout(Math.ceil(Math.max(1, leftMs())))
    current = {
      lease: await replaceOwn(stored, identity, current.lease, spec, signal),
      spec,
      sentAt,
    }
  }
  const keep = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await pause(Math.min(times.retryMs, Math.max(0, leftMs())), ended.signal)
      if (ended.signal.aborted) return
      if (leftMs() <= 0) return lost.abort(new Error('it could not be renewed in time'))
      try {
        await renew()
      } catch (error) {
        if (error instanceof TakenOver) return lost.abort(error)
        onError(error)
      }
    }
  }
  const kept = keep()
  return {
    isHeld: () => !lost.signal.aborted && !ended.signal.aborted && leftMs() > 0,
    lost: lost.signal,
    async release() {
      ended.abort()
      // a renewal in flight would make our version an old one
      await kept
      if (lost.signal.aborted || leftMs() <= 0) return
      const spec = { ...current.spec, holderIdentity: '', leaseDurationSeconds: 1 }
      const signal = AbortSignal.timeout(times.retryMs)
      await stored.replace(current.lease, spec, signal).catch(onError)
    },
  }
}

class TakenOver extends Error {}

/** Renews what is ours, also when somebody else wrote to it or deleted it meanwhile. */
async function replaceOwn(
  stored: StoredLease,
  identity: string,
  before: LeaseObject,
  spec: LeaseSpec,
  signal: AbortSignal,
): Promise<LeaseObject> {
  try {
    return await stored.replace(before, spec, signal)
  } catch (error) {
    if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error
  }
  const there = await stored.read(signal)
  if (there === undefined) return await stored.create(spec, signal)
  const { holderIdentity: holder } = there.spec ?? {}
  if (holder !== identity) throw new TakenOver(`${holder || 'nobody'} holds it now`)
  return await stored.replace(there, spec, signal)
}

function monotonicMs(): number {
  return performance.now()
}

/** For people who look at the Lease; nobody computes with it. */
function wallTime(): string {
  return new Date().toISOString().replace('Z', '000Z')
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}
