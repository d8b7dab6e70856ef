import { NetworkError, WebhookRejected, WebhookTooLarge } from '../../core/errors.ts'
import { maxWebhookBytes } from './webhook.ts'

/** How much memory bodies may take while they are read. */
export type BodyLimits = {
  /** One body. */
  readonly eachBytes: number
  /** As much of each body is held in any case; that of all is bounded by the number of connections. */
  readonly freeBytes: number
  /** What all bodies together may have beyond that. */
  readonly sharedBytes: number
}

type Incoming = {
  readonly body: ReadableStream<Uint8Array> | null
  /** The header Content-Length. */
  readonly declared: string | undefined
}

/** Reads bodies of senders that nobody knows. */
export type Bodies = {
  /** Hands the whole body over; its memory is given back when `use` is done. */
  read<T>(incoming: Incoming, use: (body: string) => Promise<T>): Promise<T>
}

// most pushes are smaller than the free part, so that they come through when others fill the rest
const limitsOfWebhooks: BodyLimits = {
  eachBytes: maxWebhookBytes,
  freeBytes: 64 * 1024,
  sharedBytes: 128 * 1024 ** 2,
}

/**
 * A place where bodies are read. Memory is taken for what has come, never for what is promised:
 * WebhookTooLarge for a body beyond its limit, NetworkError (send it again) when there is no room,
 * WebhookRejected for one that breaks off.
 */
export function createBodies(limits: BodyLimits = limitsOfWebhooks): Bodies {
  let sharedUsed = 0
  return {
    async read({ body, declared }, use) {
      if (Number(declared ?? 0) > limits.eachBytes) throw tooLarge(limits)
      let own = 0
      const take = (bytes: number): void => {
        const more = Math.max(0, bytes - limits.freeBytes) - own
        if (sharedUsed + more > limits.sharedBytes) {
          throw new NetworkError('too many large webhooks are being read; send it again')
        }
        sharedUsed += more
        own += more
      }
      try {
        return await use(body === null ? '' : await textOf(body, limits, take))
      } finally {
        sharedUsed -= own
      }
    },
  }
}

/** One buffer that grows, since a list of single bytes would take a hundred times their size. */
async function textOf(
  body: ReadableStream<Uint8Array>,
  limits: BodyLimits,
  take: (bytes: number) => void,
): Promise<string> {
  let buffer = new Uint8Array(0)
  let size = 0
  for await (const chunk of whole(body)) {
    const needed = size + chunk.length
    if (needed > limits.eachBytes) throw tooLarge(limits)
    if (needed > buffer.length) {
      const grownBytes = Math.min(limits.eachBytes, Math.max(needed, buffer.length * 2))
      take(grownBytes)
      const grown = new Uint8Array(grownBytes)
      grown.set(buffer.subarray(0, size))
      buffer = grown
    }
    buffer.set(chunk, size)
    size = needed
  }
  return new TextDecoder().decode(buffer.subarray(0, size))
}

async function* whole(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new WebhookRejected('the body broke off before its end', { cause })
    })
    if (done) return
    yield value
  }
}

function tooLarge({ eachBytes }: BodyLimits): WebhookTooLarge {
  return new WebhookTooLarge(`the body is larger than ${eachBytes} bytes`)
}
