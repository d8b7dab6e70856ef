import { parentPort } from 'node:worker_threads'
import type { Reply } from './confined.ts'

/** Answers the requests of clients/engine/confined.ts, in a thread; the first is only a greeting. */
export function serve<Request, Answer>(work: (request: Request) => Promise<Answer>): void {
  parentPort?.on('message', async (request: Request | undefined) => {
    parentPort?.postMessage(await replyTo(work, request))
  })
}

async function replyTo<Request, Answer>(
  work: (request: Request) => Promise<Answer>,
  request: Request | undefined,
): Promise<Reply<Answer | undefined>> {
  if (request === undefined) return { answer: undefined }
  try {
    return { answer: await work(request) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
