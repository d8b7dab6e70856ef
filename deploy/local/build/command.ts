import { spawn } from 'node:child_process'
import { leash } from '../leash.ts'

export type Outcome = { readonly code: number; readonly output: string }

type CommandOptions = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly onLine?: (line: string) => void
}

// enough for the last words of a compiler
const keptCharacters = 20_000

/** Runs a program without a shell to its end; stopping it stops what it started. Code 127: not found. */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, signal, onLine }: CommandOptions = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const [program = command, ...rest] = [...leash(), command, ...args]
    const child = spawn(program, rest, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd !== undefined && { cwd }),
    })
    let output = ''
    const take = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-keptCharacters)
      const line = chunk.toString().trimEnd().split('\n').at(-1)
      if (line !== undefined && line !== '') onLine?.(line)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const stop = (): void => endGroup(child.pid)
    signal?.addEventListener('abort', stop, { once: true })
    const finish = (code: number): void => {
      signal?.removeEventListener('abort', stop)
      resolve({ code, output })
    }
    child.once('error', () => finish(127))
    child.once('close', (code) => finish(code ?? 1))
    if (signal?.aborted === true) stop()
  })
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // it ended by itself
  }
}
