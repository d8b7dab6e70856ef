import { Worker } from 'node:worker_threads'
import { ScriptError, ScriptTimeout } from '../../core/errors.ts'

/** Code of users, run in a thread of its own: it can take neither our time nor our memory. */
export type Confined<Request, Answer> = {
  /** One request at a time; ScriptError for what the code did wrong, ScriptTimeout when it took too long. */
  ask(request: Request): Promise<Answer>
  close(): Promise<void>
}

/** What a thread answers. */
export type Reply<Answer> = { readonly answer: Answer } | { readonly error: string }

export type ConfinedOptions = {
  /** File name in this folder, without its ending. */
  readonly program: 'index-thread' | 'jq-thread' | 'lua-thread'
  /** How long one request may run, once the thread is up. */
  readonly limitMs: number
  /** Memory of the thread; 128 when not said. */
  readonly heapMb?: number
}

const startMs = 30_000

/**
 * Starts a thread with the first request. A thread that does not answer in time is ended, whatever
 * it does, and the next request gets a new one.
 */
export function createConfined<Request, Answer>({
  program,
  limitMs,
  heapMb = 128,
}: ConfinedOptions): Confined<Request, Answer> {
  let thread: Promise<Worker> | undefined
  let last: Promise<unknown> = Promise.resolve()

  const discard = async (): Promise<void> => {
    const old = await thread?.catch(() => undefined)
    thread = undefined
    await old?.terminate()
  }
  const askNow = async (request: Request): Promise<Answer> => {
    thread ??= start(program, heapMb)
    try {
      const reply = await replyOf<Answer>(await thread, request, limitMs)
      if ('answer' in reply) return reply.answer
      throw new ScriptError(reply.error)
    } catch (error) {
      // nobody knows what the thread was in the middle of
      if (!(error instanceof ScriptError)) await discard()
      throw error
    }
  }
  return {
    ask(request) {
      const answer = last.then(() => askNow(request))
      last = answer.catch(() => undefined)
      return answer
    },
    async close() {
      await last
      await discard()
    },
  }
}

// compiled files have another ending
const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

async function start(program: string, heapMb: number): Promise<Worker> {
  const thread = new Worker(new URL(`./${program}${ending}`, import.meta.url), {
    env: {},
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMb, stackSizeMb: 4 },
  })
  // no process stays alive for code of users
  thread.unref()
  await replyOf(thread, undefined, startMs)
  return thread
}

function replyOf<Answer>(
  thread: Worker,
  request: unknown,
  limitMs: number,
): Promise<Reply<Answer>> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply<Answer>>()
  const timer = setTimeout(
    () => reject(new ScriptTimeout(`timed out: it ran for more than ${limitMs} ms and was ended`)),
    limitMs,
  )
  const ended = () => reject(new ScriptTimeout('it used up its memory and was ended'))
  thread.once('message', resolve).once('error', ended).once('exit', ended)
  thread.postMessage(request)
  return promise.finally(() => {
    clearTimeout(timer)
    thread.off('message', resolve).off('error', ended).off('exit', ended)
  })
}
