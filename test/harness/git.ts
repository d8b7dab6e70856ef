import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { git } from '../../deploy/local/git-command.ts'
import { createGitServer } from '../../deploy/local/git-http.ts'
import { pushEvent } from '../../deploy/local/push-event.ts'
import type { PushEvent } from './webhook.ts'

/** Files by path; null removes one. */
export type Files = Readonly<Record<string, string | null>>

const none = '0'.repeat(40)

/** Makes an empty repository and serves it on a free port of this machine. */
export async function createScratchRepository(name = 'scratch'): Promise<ScratchRepository> {
  const folder = mkdtempSync(join(tmpdir(), 'driftless-git-'))
  await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', `srv/${name}.git`)
  await git(folder, 'init', '--quiet', '--initial-branch=main', 'work')
  const server = createGitServer({ root: join(folder, 'srv') }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return new ScratchRepository(folder, name, server)
}

/** A repository on smart HTTP with a work tree to change it; the branch is `main`. */
export class ScratchRepository {
  readonly url: string
  readonly #folder: string
  readonly #name: string
  readonly #server: Server
  #moved = { before: none, after: none }

  constructor(folder: string, name: string, server: Server) {
    this.#folder = folder
    this.#name = name
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}.git`
  }

  /** Commits the files and pushes; gives the commit's id. */
  async push(files: Files, message?: string): Promise<string> {
    await this.commit(files, message)
    return await this.#publish()
  }

  /** Commits without a push, for several commits in one. */
  async commit(files: Files, message = 'change'): Promise<string> {
    for (const [path, text] of Object.entries(files)) writeOrRemove(join(this.#work, path), text)
    await this.git('add', '--all')
    await this.git('commit', '--quiet', '--allow-empty', '--message', message)
    return await this.head()
  }

  /** `git revert` of the commit (the newest by default), pushed; gives the new head. */
  async revert(commit = 'HEAD'): Promise<string> {
    await this.git('revert', '--no-edit', commit)
    return await this.#publish()
  }

  /** Moves the branch to this commit and force-pushes; gives the head. */
  async forcePush(commit: string): Promise<string> {
    await this.git('reset', '--quiet', '--hard', commit)
    return await this.#publish('--force')
  }

  /** The newest commit of the work tree. */
  head(): Promise<string> {
    return this.git('rev-parse', 'HEAD')
  }

  /** Any git command in the work tree. */
  git(...args: readonly string[]): Promise<string> {
    return git(this.#work, ...args)
  }

  /** What GitHub would send for the last push. */
  lastPush(): Promise<PushEvent> {
    const bare = join(this.#folder, 'srv', `${this.#name}.git`)
    return pushEvent(bare, this.url, { ref: 'refs/heads/main', ...this.#moved })
  }

  /** Ends the server and removes the repository. */
  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #work(): string {
    return join(this.#folder, 'work')
  }

  async #publish(...options: readonly string[]): Promise<string> {
    await this.git('push', '--quiet', ...options, this.url, 'main')
    const after = await this.head()
    this.#moved = { before: this.#moved.after, after }
    return after
  }
}

function writeOrRemove(file: string, text: string | null): void {
  mkdirSync(dirname(file), { recursive: true })
  if (text === null) rmSync(file)
  else writeFileSync(file, text)
}
