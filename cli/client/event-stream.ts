/** One server-sent event. */
export type StreamEvent = { readonly id?: string; readonly event?: string; readonly data?: string }

/** The events of a response as they come; comments are passed over. */
export async function* eventsOf(response: Response): AsyncGenerator<StreamEvent> {
  if (response.body === null) return
  let rest = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) if (!part.startsWith(':')) yield parse(part)
  }
}

function parse(text: string): StreamEvent {
  const fields = text.split('\n').flatMap((line) => {
    const [, name, value] = /^(id|event|data): ?(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(fields)
}
