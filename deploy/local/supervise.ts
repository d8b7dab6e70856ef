import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { endGroup, endProcess } from './end-process.ts'
import { leash } from './leash.ts'
import { type LogReader, lastLines, readFromEnd, rotate } from './log-file.ts'
import { StartError } from './start-error.ts'

/** One child process of the stack. */
export type Part = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Higher ones are stopped first. */
  readonly rank: number
  /** Node programs notice through a channel that we are gone; others are told by the system. */
  readonly channel?: boolean
  /** Asked again and again until it says yes; `log` is what it wrote since this start. */
  readonly ready: (log: LogReader) => Promise<boolean>
}

export type SupervisorOptions = {
  readonly logs: string
  /** Tells people one line. */
  readonly say: (line: string) => void
  /** Called whenever a process began or ended. */
  readonly changed: (pids: Readonly<Record<string, number>>) => void
}

type Running = { readonly part: Part; child: ChildProcess; restarts: number; since: number }

const pollMs = 40
const readyPatienceMs = 90_000
const stopPatienceMs = 15_000
const firstBackoffMs = 500
// somebody sits in front of it and waits
const longestBackoffMs = 8_000
const calmMs = 60_000

/** Starts parts, restarts those that crash and stops all of them. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #running = new Map<string, Running>()
  #stopping = false

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /** The folder of all logs. */
  get logs(): string {
    return this.#options.logs
  }

  /** Resolves when the part serves; fails with its last log lines when it ends before that. */
  async start(part: Part): Promise<void> {
    rotate(this.logOf(part.name))
    const log = readFromEnd(this.logOf(part.name))
    const running = this.#spawn(part, { restarts: 0 })
    await this.#untilReady(running, log)
    running.child.once('exit', (code, signal) => this.#crashed(running, signal ?? `exit ${code}`))
    if (hasEnded(running.child)) this.#crashed(running, 'ended at once')
  }

  /** The process ids by name of part. */
  pids(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#running].flatMap(([name, { child }]) =>
        child.pid === undefined || hasEnded(child) ? [] : [[name, child.pid]],
      ),
    )
  }

  /** Ends every part, those that need others before them; nothing is started any more. */
  async stop(): Promise<void> {
    this.#stopping = true
    const ranks = [...new Set([...this.#running.values()].map(({ part }) => part.rank))]
    for (const rank of ranks.sort((a, b) => b - a)) {
      const members = [...this.#running.values()].filter(({ part }) => part.rank === rank)
      await Promise.all(members.map(({ child }) => endProcess(child, stopPatienceMs)))
      this.#options.changed(this.pids())
    }
  }

  /** Where the part writes. */
  logOf(name: string): string {
    return join(this.#options.logs, `${name}.log`)
  }

  #spawn(part: Part, { restarts }: { readonly restarts: number }): Running {
    if (this.#stopping) throw new StartError('stopped')
    // somebody may have removed the folder while we run
    mkdirSync(this.logs, { recursive: true })
    const log = openSync(this.logOf(part.name), 'a', 0o600)
    const prefix = part.channel === true ? [] : leash()
    const [command = part.command, ...args] = [...prefix, part.command, ...part.args]
    const child = spawn(command, args, {
      // Ctrl-C goes to a whole group; ours must be stopped in order
      detached: true,
      stdio: ['ignore', log, log, ...(part.channel === true ? (['ipc'] as const) : [])],
      env: { ...process.env, ...part.env },
      ...(part.cwd !== undefined && { cwd: part.cwd }),
    })
    closeSync(log)
    child.on('error', () => {
      // told by untilReady, which sees no pid
    })
    const running = { part, child, restarts, since: Date.now() }
    this.#running.set(part.name, running)
    this.#options.changed(this.pids())
    return running
  }

  async #untilReady({ part, child }: Running, log: LogReader): Promise<void> {
    const deadline = Date.now() + readyPatienceMs
    for (;;) {
      if (this.#stopping) throw new StartError('stopped')
      if (child.pid === undefined || hasEnded(child))
        throw this.#notReady(part, 'ended while it started')
      if (await part.ready(log)) return
      if (Date.now() > deadline)
        throw this.#notReady(part, `is not ready after ${readyPatienceMs / 1000} s`)
      await delay(pollMs)
    }
  }

  #notReady({ name }: Part, what: string): StartError {
    const file = this.logOf(name)
    return new StartError(`${name} ${what}. Its log, ${file}, ends with:\n${lastLines(file, 12)}`)
  }

  #crashed({ part, child, restarts, since }: Running, how: string): void {
    if (this.#stopping) return
    endGroup(child.pid)
    const count = Date.now() - since > calmMs ? 0 : restarts
    const wait = Math.min(firstBackoffMs * 2 ** count, longestBackoffMs)
    this.#options.say(
      `${part.name} ended (${how}); starting it again in ${wait / 1000} s, its log: ${this.logOf(part.name)}`,
    )
    this.#options.changed(this.pids())
    setTimeout(() => void this.#restart(part, count + 1), wait)
  }

  async #restart(part: Part, restarts: number): Promise<void> {
    if (this.#stopping) return
    const log = readFromEnd(this.logOf(part.name))
    const running = this.#spawn(part, { restarts })
    const crashed = new Promise<string>((resolve) => {
      running.child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`))
      running.child.once('error', (error) => resolve(error.message))
    })
    void crashed.then((how) => this.#crashed(running, how))
    try {
      await this.#untilReady(running, log)
      this.#options.say(`${part.name} is back`)
    } catch {
      // its end is told by `crashed`; one that hangs is ended here and comes back through that
      endGroup(running.child.pid)
    }
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
