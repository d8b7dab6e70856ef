import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const main = join(resolve(import.meta.dirname, '..', '..'), 'cli', 'main.ts')

/** How a command ended and what it printed. */
export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** The user's command with a folder and a home of its own. */
export type UserCommand = {
  readonly folder: string
  readonly configFile: string
  /** Runs it to its end; every exit code is an answer. */
  (...args: readonly string[]): Promise<Ended>
  remove(): void
}

/** A command line without a terminal; nothing of the caller's environment that names a server reaches it. */
export function userCommand(env: Readonly<Record<string, string>> = {}): UserCommand {
  const folder = mkdtempSync(join(tmpdir(), 'driftless-command-'))
  const configFile = join(folder, 'home', 'driftless', 'config')
  const environment = {
    ...{ PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: join(folder, 'home') },
    ...env,
  }
  const run = (...args: readonly string[]) =>
    new Promise<Ended>((done) => {
      const options = { cwd: folder, env: environment }
      const child = execFile(
        process.execPath,
        [main, ...args],
        options,
        (error, stdout, stderr) => {
          done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
        },
      )
      child.stdin?.end()
    })
  const remove = () => rmSync(folder, { recursive: true, force: true })
  return Object.assign(run, { folder, configFile, remove })
}
