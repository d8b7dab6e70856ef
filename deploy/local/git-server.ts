import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { createGitServer } from './git-http.ts'
import { pushEvent, type RefChange } from './push-event.ts'

/** The process of the demo's Git server: tells Driftless of every push, as GitHub does. */
const {
  GIT_SERVER_ROOT: root = '',
  GIT_SERVER_TOKEN: token = '',
  GIT_SERVER_WEBHOOK: webhook = '',
} = process.env
const port = Number(process.env.GIT_SERVER_PORT)
const firstWaitMs = 200
const tries = 10

const server = createGitServer({ root, token, onPush: tell })
const stop = (): void => process.exit(0)
process.on('SIGTERM', stop)
process.on('disconnect', stop)
server.listen({ port, host: '127.0.0.1' }, () => log('info', 'ready', { port }))

async function tell(repository: string, change: RefChange): Promise<void> {
  const url = `http://127.0.0.1:${port}/${basename(repository)}`
  const body = JSON.stringify(await pushEvent(repository, url, change))
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    // the same in every try, so that a repeated delivery is known as one
    'x-github-delivery': crypto.randomUUID(),
  }
  for (let attempt = 0; attempt < tries; attempt++) {
    const status = await post(body, headers)
    log(status < 300 ? 'info' : 'warn', 'webhook', { status, ref: change.ref, after: change.after })
    if (status < 300 || (status >= 400 && status < 500)) return
    await delay(firstWaitMs * 2 ** attempt)
  }
}

async function post(body: string, headers: Record<string, string>): Promise<number> {
  try {
    const response = await request(webhook, { method: 'POST', headers, body })
    await response.body.dump()
    return response.statusCode
  } catch {
    return 503
  }
}

function log(level: string, msg: string, fields: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg }))
}
