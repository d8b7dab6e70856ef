import { usageOf } from './usage.ts'

/** Watches over one render by a process; beyond what a render may use, its process group is ended. */
export type Guard = {
  /** What it went beyond, as people are told; undefined while it is within all limits. */
  readonly stoppedBecause: string | undefined
  /** Ends the process group; the first reason stays. */
  stop(why: string): void
  /** Counts what it wrote; false when that was too much. */
  takes(bytes: number): boolean
  /** The render is over. */
  release(): void
}

const timeoutMs = 90_000
const maxOutputBytes = 20 * 1024 * 1024
const maxMemoryBytes = 1024 * 1024 * 1024
const maxProcesses = 200
const usageCheckMs = 100

/** Begins to watch the process, which leads a group of its own. */
export function guardRender(pid: number | undefined): Guard {
  let stoppedBecause: string | undefined
  let size = 0
  const stop = (why: string): void => {
    stoppedBecause ??= why
    endGroup(pid)
  }
  const timer = setTimeout(() => stop(`took longer than ${timeoutMs / 1000} s`), timeoutMs)
  // Go's own limit only makes it collect harder
  const watching = setInterval(() => {
    const { bytes, processes } = usageOf(pid)
    if (bytes > maxMemoryBytes) stop(`used more than ${inMiB(maxMemoryBytes)} of memory`)
    if (processes > maxProcesses) stop(`started more than ${maxProcesses} processes`)
  }, usageCheckMs)
  return {
    get stoppedBecause() {
      return stoppedBecause
    },
    stop,
    takes(bytes) {
      size += bytes
      if (size > maxOutputBytes) stop(`wrote more than ${inMiB(maxOutputBytes)}`)
      return size <= maxOutputBytes
    },
    release() {
      clearTimeout(timer)
      clearInterval(watching)
    },
  }
}

function inMiB(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`
}

/** Ends a process and all that it started, unless it ended by itself. */
export function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
