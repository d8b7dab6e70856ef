import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka, SeekEntry } from 'kafkajs'
import type { PlatformEvent } from '../../core/event/event.ts'
import { consumeForever } from './consumer.ts'

export type FollowOptions = {
  readonly topic: string
  /** `storedAt` is when the broker stored it, in epoch ms. */
  readonly handle: (event: PlatformEvent, storedAt: number) => void
  /** Called once, when all that was there at the begin is handled. */
  readonly onCaughtUp: () => void
}

type Offsets = readonly (SeekEntry & { readonly high: string; readonly low: string })[]

type Following = FollowOptions & {
  readonly offsets: (topic: string) => Promise<Offsets>
  readonly onError: (error: unknown) => void
}

const askAgainMs = 1_000

/** Reads a topic from its oldest event on, for this process alone; what cannot be read is passed over. */
export function followTopic(kafka: Kafka, options: Following): () => Promise<void> {
  const { topic, handle, onCaughtUp, offsets, onError } = options
  const stopped = new AbortController()
  const read = new Map<number, bigint>()
  let targets: ReadonlyMap<number, bigint> | undefined
  const look = (): void => {
    if (targets === undefined) return
    const isThere = [...targets].every(([partition, end]) => (read.get(partition) ?? 0n) >= end)
    if (!isThere) return
    targets = undefined
    onCaughtUp()
  }
  const learnTargets = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        targets = endsOf(await offsets(topic))
        return look()
      } catch (error) {
        onError(error)
        await sleep(askAgainMs, undefined, { signal: stopped.signal }).catch(() => undefined)
      }
    }
  }
  learnTargets().catch(onError)
  const stop = consumeForever(kafka, {
    topic,
    group: `driftless-follow-${randomUUID()}`,
    handle: async (event, storedAt) => handle(event, storedAt),
    // whoever works with the topic puts it aside
    onPoison: async (_message, _place, reason) => onError(reason),
    onError,
    onRead: (partition, next) => {
      read.set(partition, next)
      look()
    },
  })
  return async () => {
    stopped.abort()
    await stop()
  }
}

/** Where each partition that holds anything ends. */
function endsOf(offsets: Offsets): ReadonlyMap<number, bigint> {
  return new Map(
    offsets.flatMap(({ partition, high, low }) =>
      high === low ? [] : [[partition, BigInt(high)] as const],
    ),
  )
}
