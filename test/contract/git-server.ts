import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'

/** One repository behind `git http-backend`, and a work tree to change it with. */
export type GitServer = {
  readonly url: string
  /** Requests that asked for refs: one per `ls-remote`, one more per `fetch`. */
  readonly listings: () => number
  /** The next requests get no answer until the returned function is called. */
  hold(): () => void
  /** Writes, commits and pushes; null removes a file. The commit's id comes back. */
  push(files: Readonly<Record<string, string | null>>, message?: string): string
  git(...args: string[]): string
  close(): Promise<void>
}

export type GitServerOptions = {
  readonly dir: string
  readonly authorization?: string
  /** Speaks https with these. */
  readonly tls?: ServerOptions
  /** Answers what is not Git's own, and says so. */
  readonly beside?: (request: IncomingMessage, response: ServerResponse) => boolean
}

const identity = ['-c', 'user.name=kim', '-c', 'user.email=kim@example.com']

/** Makes an empty repository in the folder and serves it; with `authorization` only to who sends that. */
export async function startGitServer({
  dir,
  authorization,
  tls,
  beside = () => false,
}: GitServerOptions): Promise<GitServer> {
  const bare = join(dir, 'srv', 'repo.git')
  const work = join(dir, 'work')
  const run = (cwd: string, ...args: string[]): string =>
    execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim()
  mkdirSync(bare, { recursive: true })
  run(bare, 'init', '--quiet', '--bare', '--initial-branch=main')
  run(dir, 'clone', '--quiet', bare, work)
  run(work, 'checkout', '--quiet', '-B', 'main')
  let listings = 0
  let gate = Promise.resolve()
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return
    }
    if (beside(request, response)) return
    if (request.url?.includes('/info/refs') === true) listings++
    void gate.then(() => serve(join(dir, 'srv'), request, response))
  }
  const server = tls === undefined ? createServer(take) : createTlsServer(tls, take)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}/repo.git`,
    listings: () => listings,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return resolve
    },
    push(files, message = 'change') {
      for (const [path, text] of Object.entries(files)) {
        const file = join(work, path)
        mkdirSync(dirname(file), { recursive: true })
        if (text === null) rmSync(file)
        else writeFileSync(file, text)
      }
      run(work, 'add', '--all')
      run(work, 'commit', '--quiet', '--allow-empty', '-m', message)
      run(work, 'push', '--quiet', '--force', 'origin', 'HEAD')
      return run(work, 'rev-parse', 'HEAD')
    },
    git: (...args) => run(work, ...args),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const child = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  })
  request.pipe(child.stdin)
  child.stdin.on('error', () => undefined)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.on('close', () => answer(Buffer.concat(chunks), response))
}

/** What a CGI program prints: header lines, an empty line, the body. */
function answer(output: Buffer, response: ServerResponse): void {
  const split = output.indexOf('\r\n\r\n')
  const headers = output.subarray(0, split).toString().split('\r\n')
  for (const header of headers) {
    const [name = '', value = ''] = header.split(': ')
    if (name === 'Status') response.statusCode = Number.parseInt(value, 10)
    else if (name !== '') response.setHeader(name, value)
  }
  response.end(output.subarray(split + 4))
}
