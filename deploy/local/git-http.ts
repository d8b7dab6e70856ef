import { type ChildProcess, spawn } from 'node:child_process'
import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { git, gitEnvironment } from './git-command.ts'
import type { RefChange } from './push-event.ts'

export type GitHttpOptions = {
  /** The folder of the bare repositories. */
  readonly root: string
  /** Needed to push; without one everybody may. Reading is always open. */
  readonly token?: string
  /** Called after a push, once for each ref that it moved. */
  readonly onPush?: (repository: string, change: RefChange) => Promise<void>
}

const none = '0'.repeat(40)
const repositoryPath =
  /^\/([a-z0-9][a-z0-9._-]*\.git)\/(info\/refs|git-upload-pack|git-receive-pack|HEAD|objects\/.*)$/

/** Serves bare repositories over Git's smart HTTP. */
export function createGitServer(options: GitHttpOptions): Server {
  return createServer((request, response) => {
    serve(options, request, response).catch((error: unknown) => {
      console.error(JSON.stringify({ level: 'error', msg: 'request failed', error: String(error) }))
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
}

async function serve(
  options: GitHttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const name = repositoryPath.exec(url.pathname)?.[1]
  if (name === undefined) {
    response.writeHead(404).end('no such repository\n')
    return
  }
  const pushes = `${url.pathname}${url.search}`.includes('git-receive-pack')
  if (pushes && !mayPush(options.token, request.headers.authorization)) {
    response.writeHead(401, {
      'www-authenticate': 'Basic realm="push needs the token as password"',
    })
    response.end('push needs the token\n')
    return
  }
  const repository = join(options.root, name)
  const writes = request.method === 'POST' && pushes
  const before = writes ? await refsOf(repository) : new Map<string, string>()
  await runBackend(options.root, url, request, response, pushes)
  if (!writes) return
  const after = await refsOf(repository)
  for (const change of changes(before, after)) await options.onPush?.(repository, change)
}

function mayPush(token: string | undefined, authorization: string | undefined): boolean {
  if (token === undefined) return true
  const [scheme, value = ''] = (authorization ?? '').split(' ')
  const given =
    scheme === 'Basic' ? Buffer.from(value, 'base64').toString().split(':').at(-1) : value
  const wanted = Buffer.from(token)
  const got = Buffer.from(given ?? '')
  return wanted.length === got.length && timingSafeEqual(wanted, got)
}

function runBackend(
  root: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  pushes: boolean,
): Promise<void> {
  const { headers } = request
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ...gitEnvironment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
      // Git's own rule: who is known may push
      ...(pushes && { REMOTE_USER: 'local' }),
    },
  })
  // a client that goes away in the middle
  child.stdin.on('error', () => undefined)
  request.pipe(child.stdin)
  return answerFrom(child, response)
}

function answerFrom(child: ChildProcess, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    let head: Buffer | undefined = Buffer.alloc(0)
    child.stdout?.on('data', (chunk: Buffer) => {
      if (head === undefined) {
        response.write(chunk)
        return
      }
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      writeHead(response, head.subarray(0, end).toString())
      response.write(head.subarray(end + 4))
      head = undefined
    })
    child.once('error', reject)
    child.once('close', () => {
      response.end()
      resolve()
    })
  })
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200
  for (const line of head.split('\r\n')) {
    const [name = '', ...value] = line.split(': ')
    if (name === 'Status') status = Number(value.join(': ').slice(0, 3))
    else response.setHeader(name, value.join(': '))
  }
  response.writeHead(status)
}

async function refsOf(repository: string): Promise<ReadonlyMap<string, string>> {
  const lines = await git(repository, 'for-each-ref', '--format=%(refname) %(objectname)')
  return new Map(lines.split('\n').flatMap((line) => (line === '' ? [] : [pair(line)])))
}

function pair(line: string): readonly [string, string] {
  const [ref = '', id = ''] = line.split(' ')
  return [ref, id]
}

function changes(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly RefChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((ref) => ({ ref, before: before.get(ref) ?? none, after: after.get(ref) ?? none }))
    .filter((change) => change.before !== change.after)
}
