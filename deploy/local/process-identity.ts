import { spawnSync } from 'node:child_process'
import { processStat } from '../../clients/process-stat.ts'

/** A process that cannot be mistaken for a later one with the same pid. */
export type ProcessIdentity = { readonly pid: number; readonly startedAt: string }

/** When the process began, as its system tells it; undefined when there is none (a zombie counts as none). */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return stdout.trim() === '' ? undefined : stdout.trim()
  }
  const stat = processStat(pid)
  return stat === undefined || stat.state === 'Z' ? undefined : stat.startedAt
}

/** Names the process for a file that outlives it. */
export function identify(pid: number): ProcessIdentity {
  return { pid, startedAt: startTimeOf(pid) ?? '' }
}

/** Whether this very process still runs. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return startedAt !== '' && startTimeOf(pid) === startedAt
}
