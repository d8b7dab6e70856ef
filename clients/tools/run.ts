import { spawn } from 'node:child_process'
import { NetworkError, RenderError } from '../../core/errors.ts'
import { guardRender } from './guard.ts'
import { lastWords } from './last-words.ts'

export type ToolRun = {
  /** Path of the program, or a name that is looked up on the PATH of `env`. */
  readonly command: string
  /** What people call it. */
  readonly name: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Says why it failed where others put their result. */
  readonly failsOnOutput?: boolean
}

/** Gives what the command line writes; RenderError when it refuses or goes beyond a limit. */
export type RunTool = (run: ToolRun) => Promise<string>

const maxErrorBytes = 64 * 1024

/**
 * Runs a renderer without a shell and gives what it wrote. RenderError with its last words when it
 * refuses, writes more than 20 MiB, starts too much, or takes longer than 90 s; then its whole process group is ended.
 */
export function runTool({
  command,
  name,
  args,
  cwd,
  env,
  failsOnOutput,
}: ToolRun): Promise<string> {
  return new Promise((resolve, reject) => {
    // a group of its own, so that nothing that it started outlives it
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const output: Buffer[] = []
    let errors = Buffer.alloc(0)
    const guard = guardRender(child.pid)
    child.stdout.on('data', (chunk: Buffer) => {
      if (guard.takes(chunk.length)) output.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      errors = Buffer.concat([errors, chunk]).subarray(-maxErrorBytes)
    })
    child.once('error', ({ message }) => {
      guard.release()
      reject(new NetworkError(`${name} cannot be started: ${message}; install it or set its path`))
    })
    child.once('close', (code) => {
      guard.release()
      if (guard.stoppedBecause !== undefined)
        reject(new RenderError(`${name} ${guard.stoppedBecause}`))
      else if (code === 0) resolve(Buffer.concat(output).toString('utf8'))
      else {
        const said = failsOnOutput === true ? Buffer.concat([...output, errors]) : errors
        const words = lastWords(said.toString('utf8'), cwd) || `ended with ${code}`
        reject(new RenderError(`${name}: ${words}`))
      }
    })
  })
}
