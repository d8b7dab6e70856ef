export type Form = URLSearchParams
export type Answer = {
  readonly ok: boolean
  readonly error?: string
  readonly [more: string]: unknown
}

export type KeptMessage = {
  readonly ts: string
  readonly text: string
  readonly attachments: readonly {
    readonly color: string
    readonly blocks: readonly { readonly type: string; readonly [more: string]: unknown }[]
  }[]
  readonly metadata?: { readonly event_type: string; readonly event_payload: unknown }
  /** Texts that it had before. */
  readonly earlier: readonly string[]
  readonly replies: readonly KeptMessage[]
}

const maxText = 40_000
const maxSection = 3_000
const maxField = 2_000

/** One workspace with one channel: messages, threads, and the rules that Slack has for them. */
export class SlackWorkspace {
  readonly token: string
  readonly channel: string
  readonly #messages: KeptMessage[] = []
  #posted = 0

  constructor(token: string, channel: string) {
    this.token = token
    this.channel = channel
  }

  messages(): readonly KeptMessage[] {
    return [...this.#messages]
  }

  /** One call as the Web API answers it. */
  call(method: string, authorization: string | undefined, form: Form): Answer {
    if (authorization !== `Bearer ${this.token}`) return refusal('invalid_auth')
    if (method === 'auth.test') return { ok: true, user: 'driftless', team: 'test' }
    if (form.get('channel') !== this.channel) return refusal('channel_not_found')
    switch (method) {
      case 'chat.postMessage':
        return this.#post(form)
      case 'chat.update':
        return this.#update(form)
      case 'conversations.history':
        return this.#history(form)
      case 'conversations.replies':
        return this.#replies(form)
      default:
        return refusal('unknown_method')
    }
  }

  #post(form: Form): Answer {
    const problem = problemOf(form)
    if (problem !== undefined) return refusal(problem)
    this.#posted += 1
    const ts = `${Math.floor(Date.now() / 1000)}.${String(this.#posted).padStart(6, '0')}`
    const message: KeptMessage = { ts, ...contentOf(form), earlier: [], replies: [] }
    const thread = form.get('thread_ts')
    if (thread === null) this.#messages.push(message)
    else if (!this.#change(thread, (root) => ({ ...root, replies: [...root.replies, message] })))
      return refusal('thread_not_found')
    return { ok: true, channel: this.channel, ts }
  }

  #update(form: Form): Answer {
    const problem = problemOf(form)
    if (problem !== undefined) return refusal(problem)
    const ts = form.get('ts') ?? ''
    const isThere = this.#change(ts, (message) => ({
      ...message,
      ...contentOf(form),
      earlier: [...message.earlier, message.text],
    }))
    return isThere ? { ok: true, channel: this.channel, ts } : refusal('message_not_found')
  }

  #history(form: Form): Answer {
    const oldest = Number(form.get('oldest') ?? 0)
    const found = this.#messages.filter(({ ts }) => Number(ts) > oldest).toReversed()
    return page(found, form)
  }

  #replies(form: Form): Answer {
    const root = this.#messages.find(({ ts }) => ts === form.get('ts'))
    return root === undefined ? refusal('thread_not_found') : page([root, ...root.replies], form)
  }

  #change(ts: string, change: (message: KeptMessage) => KeptMessage): boolean {
    const index = this.#messages.findIndex((message) => message.ts === ts)
    const message = this.#messages[index]
    if (message === undefined) return false
    this.#messages[index] = change(message)
    return true
  }
}

function page(all: readonly KeptMessage[], form: Form): Answer {
  const from = Number(form.get('cursor') ?? 0)
  const limit = Number(form.get('limit') ?? 100)
  const withMetadata = form.get('include_all_metadata') === 'true'
  const messages = all.slice(from, from + limit).map(({ ts, text, metadata }) => ({
    ...{ ts, text },
    ...(withMetadata && { metadata }),
  }))
  const next = from + limit < all.length ? String(from + limit) : ''
  return { ok: true, messages, has_more: next !== '', response_metadata: { next_cursor: next } }
}

function contentOf(form: Form): Pick<KeptMessage, 'text' | 'attachments' | 'metadata'> {
  const metadata = form.get('metadata')
  return {
    text: form.get('text') ?? '',
    attachments: JSON.parse(form.get('attachments') ?? '[]'),
    ...(metadata !== null && { metadata: JSON.parse(metadata) }),
  }
}

function problemOf(form: Form): string | undefined {
  const { text, attachments } = contentOf(form)
  if (text === '' && attachments.length === 0) return 'no_text'
  if (text.length > maxText) return 'msg_too_long'
  const blocks = attachments.flatMap((attachment) => attachment.blocks)
  if (blocks.length > 50) return 'invalid_blocks'
  return blocks.every(isBlock) ? undefined : 'invalid_blocks'
}

type Text = { readonly text: string }

function isBlock(block: KeptMessage['attachments'][number]['blocks'][number]): boolean {
  const {
    text,
    fields = [],
    elements = [],
  } = block as {
    text?: Text
    fields?: readonly Text[]
    elements?: readonly Text[]
  }
  if (fields.length > 10 || elements.length > 10) return false
  if (text !== undefined && (text.text === '' || text.text.length > maxSection)) return false
  return [...fields, ...elements].every((one) => one.text !== '' && one.text.length <= maxField)
}

function refusal(error: string): Answer {
  return { ok: false, error }
}
