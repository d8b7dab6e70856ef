import { spawn } from 'node:child_process'
import { NetworkError, RenderError } from '../../core/errors.ts'
import { usageOf } from './usage.ts'

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

const timeoutMs = 90_000
const maxOutputBytes = 20 * 1024 * 1024
const maxErrorBytes = 64 * 1024
const maxMemoryBytes = 1024 * 1024 * 1024
const maxProcesses = 200
const usageCheckMs = 100

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
    let size = 0
    let stoppedBecause: string | undefined
    const stop = (why: string): void => {
      stoppedBecause ??= why
      endGroup(child.pid)
    }
    const timer = setTimeout(() => stop(`took longer than ${timeoutMs / 1000} s`), timeoutMs)
    // Go's own limit only makes it collect harder
    const watching = setInterval(() => {
      const { bytes, processes } = usageOf(child.pid)
      if (bytes > maxMemoryBytes)
        stop(`used more than ${maxMemoryBytes / 1024 / 1024} MiB of memory`)
      if (processes > maxProcesses) stop(`started more than ${maxProcesses} processes`)
    }, usageCheckMs)
    const settle = (): void => {
      clearTimeout(timer)
      clearInterval(watching)
    }
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxOutputBytes) stop(`wrote more than ${maxOutputBytes / 1024 / 1024} MiB`)
      else output.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      errors = Buffer.concat([errors, chunk]).subarray(-maxErrorBytes)
    })
    child.once('error', ({ message }) => {
      settle()
      reject(new NetworkError(`${name} cannot be started: ${message}; install it or set its path`))
    })
    child.once('close', (code) => {
      settle()
      if (stoppedBecause !== undefined) reject(new RenderError(`${name} ${stoppedBecause}`))
      else if (code === 0) resolve(Buffer.concat(output).toString('utf8'))
      else {
        const said = failsOnOutput === true ? Buffer.concat([...output, errors]) : errors
        const words = lastWords(said.toString('utf8'), cwd) || `ended with ${code}`
        reject(new RenderError(`${name}: ${words}`))
      }
    })
  })
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // it ended by itself
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const longestMessage = 1_500

/** The message without the folder that we ran in, which is gone when anybody reads it. */
function lastWords(text: string, cwd: string): string {
  const parent = cwd.replace(/\/tree(\/.*)?$/, '')
  return text
    .replaceAll(`${parent}/tree/`, '')
    .replaceAll(parent, '')
    .replace(/^Error: /, '')
    .replace(/\n*Use --debug flag to render out invalid YAML\s*$/, '')
    .trim()
    .slice(-longestMessage)
}
