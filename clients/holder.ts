import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { processStat } from './process-stat.ts'

/**
 * Names this process among all that want to hold something: `<host>_<pid>_<start>_<machine>`.
 * Whoever runs on the same machine can see whether it still runs.
 */
export function holderName(): string {
  return [hostname(), process.pid, processStat(process.pid)?.startedAt ?? 'unknown', machine].join(
    '_',
  )
}

/**
 * Whether the process of this name is certain to have ended, so that nobody waits for its Lease to
 * expire. False whenever that cannot be known, as for a process of another machine.
 */
export function hasEnded(holder: string): boolean {
  const [where, startedAt, pid] = holder.split('_').reverse()
  if (where !== machine || !/^[1-9]\d*$/.test(pid ?? '') || startedAt === 'unknown') return false
  try {
    // `/proc` may hide the processes of other users; a signal does not
    process.kill(Number(pid), 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
  const stat = processStat(Number(pid))
  return stat !== undefined && (stat.state === 'Z' || stat.startedAt !== startedAt)
}

/** Process ids mean the same within one boot of one machine, and there within one pid namespace. */
const machine = machineName()

function machineName(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
    const space = readlinkSync('/proc/self/ns/pid')
    return createHash('sha256').update(`${boot} ${space}`).digest('hex').slice(0, 12)
  } catch {
    // not Linux: nobody is told apart, so everybody waits
    return randomBytes(6).toString('hex')
  }
}
