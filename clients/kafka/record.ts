import type { IHeaders, KafkaMessage, Message } from 'kafkajs'
import { EventTooLarge } from '../../core/errors.ts'
import { type PlatformEvent, readEvent } from '../../core/event/event.ts'

const maxBytes = 256 * 1024
const maxReasonLength = 8_000
/** With the reasons it must fit into the broker's limit of 1 MiB, or it could never be put aside. */
const maxDeadLetterBytes = 768 * 1024

/** A CloudEvent as a Kafka record in binary mode: attributes in `ce_` headers, data as the value. */
export function toRecord({ data, ...attributes }: PlatformEvent, key: string): Message {
  const value = JSON.stringify(data)
  const bytes = Buffer.byteLength(value)
  if (bytes > maxBytes) {
    throw new EventTooLarge(
      `the event ${attributes.id} has ${bytes} bytes, more than ${maxBytes}; cut its lists`,
    )
  }
  const given = Object.entries(attributes).filter(([, text]) => text !== undefined)
  return {
    key,
    value,
    headers: {
      'content-type': 'application/json',
      ...Object.fromEntries(given.map(([name, text]) => [`ce_${name}`, String(text)])),
    },
  }
}

/** Reads a record in binary mode; the problem when it is not one of ours. */
export function fromRecord(
  headers: IHeaders | undefined,
  value: Buffer | null,
): ReturnType<typeof readEvent> {
  const attributes = Object.entries(headers ?? {}).flatMap(([name, text]) =>
    name.startsWith('ce_') ? [[name.slice(3), String(text)] as const] : [],
  )
  try {
    const data: unknown = JSON.parse(value?.toString('utf8') ?? 'null')
    return readEvent({ ...Object.fromEntries(attributes), data })
  } catch (error) {
    return { problem: `the value is not JSON: ${error instanceof Error ? error.message : error}` }
  }
}

/** Where a record was found. */
export type RecordPlace = {
  readonly topic: string
  readonly partition: number
  readonly offset: string
}

/** The record as it was, with why and where it failed, for the dead-letter topic. */
export function deadLetter(message: KafkaMessage, place: RecordPlace, reason: Error): Message {
  return {
    key: message.key,
    value: message.value?.subarray(0, maxDeadLetterBytes) ?? null,
    headers: {
      ...message.headers,
      dlq_cause: `${reason.name}: ${reason.message}`.slice(0, maxReasonLength),
      dlq_stack: (reason.stack ?? '').slice(0, maxReasonLength),
      dlq_topic: place.topic,
      dlq_partition: String(place.partition),
      dlq_offset: place.offset,
    },
  }
}
