import type { IHeaders, Message } from 'kafkajs'
import { type PlatformEvent, readEvent } from '../../core/event/event.ts'
import { NetworkError } from '../../core/errors.ts'

const maxBytes = 256 * 1024

/** A CloudEvent as a Kafka record in binary mode: attributes in `ce_` headers, data as the value. */
export function toRecord({ data, ...attributes }: PlatformEvent, key: string): Message {
  const value = JSON.stringify(data)
  if (Buffer.byteLength(value) > maxBytes) {
    throw new NetworkError(`the event ${attributes.id} is larger than ${maxBytes} bytes`)
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
export function fromRecord(headers: IHeaders | undefined, value: Buffer | null): ReturnType<typeof readEvent> {
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
