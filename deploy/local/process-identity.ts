import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process that cannot be mistaken for a later one with the same pid. */
export type ProcessIdentity = { readonly pid: number; readonly startedAt: string }

/** When the process began, as its system tells it; undefined when there is none (a zombie counts as none). */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return stdout.trim() === '' ? undefined : stdout.trim()
  }
  try {
    // after the command name, which may hold anything: state is field 3, the start time field 22
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** Names the process for a file that outlives it. */
export function identify(pid: number): ProcessIdentity {
  return { pid, startedAt: startTimeOf(pid) ?? '' }
}

/** Whether this very process still runs. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return startedAt !== '' && startTimeOf(pid) === startedAt
}
