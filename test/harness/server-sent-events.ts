/** One message of an event stream; a comment has only `comment`. */
export type StreamMessage = {
  readonly id?: string
  readonly event?: string
  readonly data?: string
  readonly comment?: string
}

/** An open event stream. */
export type EventStream = {
  readonly status: number
  /** The next message that fits; undefined when the stream ended before. */
  next(accept?: (message: StreamMessage) => boolean): Promise<StreamMessage | undefined>
  close(): void
}

/** Opens the stream as a browser does. */
export async function openStream(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<EventStream> {
  const controller = new AbortController()
  const response = await fetch(url, { headers, signal: controller.signal })
  const messages = read(response.body)
  return {
    status: response.status,
    async next(accept = () => true) {
      for (;;) {
        const { value, done } = await messages.next()
        if (done === true || accept(value)) return value ?? undefined
      }
    },
    close: () => controller.abort(),
  }
}

async function* read(body: Response['body']): AsyncGenerator<StreamMessage> {
  if (body === null) return
  let rest = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop() ?? ''
    yield* parts.map(parse)
  }
}

function parse(text: string): StreamMessage {
  const fields = text.split('\n').map((line) => /^(\w*): ?(.*)$/.exec(line)?.slice(1) ?? [])
  return Object.fromEntries(fields.map(([name, value]) => [name || 'comment', value]))
}
