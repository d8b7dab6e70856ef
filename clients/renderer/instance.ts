import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { RenderError } from '../../core/errors.ts'
import { toolEnvironment } from '../tools/environment.ts'
import { endGroup, type Guard, guardRender } from '../tools/guard.ts'
import { usageOf } from '../tools/usage.ts'
import { createFrameReader, frameOf } from './frames.ts'

/** One command line of a tool, and where it would run. */
export type Ask = {
  readonly tool: string
  readonly args: readonly string[]
  readonly folder: string
}

/** What the command line would have said. */
export type Answer = Omit<Head, 'declined'> & { readonly output: string }

/** A process that renders one thing after the other; see deploy/local/stack/helm/driftless-renderer. */
export type Instance = {
  /**
   * Undefined when it does not render that, or died of it: the command line has to be asked then.
   * RenderError when it went beyond a limit, which ends the process.
   */
  render(ask: Ask): Promise<Answer | undefined>
  /** Whether it may render another one. */
  canGoOn(): boolean
  end(): void
}

type Head = {
  readonly declined?: boolean
  readonly failed?: boolean
  readonly errors?: string
}

type Render = {
  readonly guard: Guard
  readonly resolve: (answer: Answer | undefined) => void
  head?: Head
}

// what one render leaves behind must not count against the next
const maxRestBytes = 256 * 1024 * 1024
// no folder of any machine: nothing is read or written there
const nowhere = '/nonexistent'

/** Starts a process; it keeps ours alive only while it renders, and ends when ours does. */
export function startInstance(program: string): Instance {
  const child = startProcess(program)
  let isAlive = true
  let current: Render | undefined
  const finish = (answer?: Answer): void => {
    current?.resolve(answer)
    current = undefined
  }
  const died = (): void => {
    isAlive = false
    finish()
  }
  child.once('error', died)
  child.once('close', died)
  const read = createFrameReader({
    onLength: (bytes) => current?.guard.takes(bytes),
    onFrame: (body) => {
      if (current === undefined) return
      const text = body.toString('utf8')
      if (current.head === undefined) current.head = JSON.parse(text) as Head
      else finish(current.head.declined === true ? undefined : { ...current.head, output: text })
    },
  })
  child.stdout.on('data', read)
  return {
    canGoOn: () => isAlive && usageOf(child.pid).bytes < maxRestBytes,
    end: () => endGroup(child.pid),
    async render(ask) {
      if (!isAlive) return undefined
      const guard = guardRender(child.pid)
      const answer = await new Promise<Answer | undefined>((resolve) => {
        current = { guard, resolve }
        child.stdin.write(frameOf(JSON.stringify(ask)))
      })
      guard.release()
      if (guard.stoppedBecause === undefined) return answer
      throw new RenderError(`${ask.tool} ${guard.stoppedBecause}`)
    },
  }
}

function startProcess(program: string) {
  const child = spawn(program, [], {
    cwd: '/',
    env: toolEnvironment(nowhere),
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  // a write to one that is dying: that it died is told by 'close'
  child.stdin.on('error', () => undefined)
  child.unref()
  for (const pipe of [child.stdin, child.stdout]) (pipe as Socket).unref()
  return child
}
