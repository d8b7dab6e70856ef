import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive, type ProcessIdentity } from './process-identity.ts'

const pollMs = 50

/** Asks the child to end, insists after a while, and takes what it started with it. */
export async function endProcess(child: ChildProcess, patienceMs: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  await ended
  clearTimeout(timer)
  endGroup(child.pid)
}

/** Kills all that is left of the process group that this pid led. */
export function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // nothing was left
  }
}

/** Ends a process of an earlier start, if that very process still runs. */
export async function endStray(stray: ProcessIdentity, patienceMs: number): Promise<boolean> {
  if (!isAlive(stray)) return false
  process.kill(stray.pid, 'SIGTERM')
  const deadline = Date.now() + patienceMs
  while (isAlive(stray) && Date.now() < deadline) await delay(pollMs)
  if (isAlive(stray)) endGroup(stray.pid)
  while (isAlive(stray)) await delay(pollMs)
  return true
}
