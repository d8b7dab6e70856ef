import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from './eventually.ts'
import type { Stack } from './stack.ts'

const againMs = 200
// who is told to stop ends what it has begun
const stopPatienceMs = 120_000

/** Kills a part of the stack each time that its supervisor has started it again, for so long. */
export async function keepDown(stack: Stack, part: string, forMs: number): Promise<void> {
  const until = Date.now() + forMs
  await keepDownWhile(stack, part, () => Date.now() < until)
}

/** The same for as long as it says yes. */
export async function keepDownWhile(
  stack: Stack,
  part: string,
  isMeant: () => boolean,
): Promise<void> {
  let killed: number | undefined
  while (isMeant()) {
    const pid = stack.endpoints.pids[part]
    if (pid !== undefined && pid !== killed) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        // it ended by itself before
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
      killed = pid
    }
    await delay(againMs)
  }
}

/** Tells a part to stop, as an upgrade does; settles when its supervisor has started it again. */
export async function restart(stack: Stack, part: string): Promise<void> {
  const before = stack.endpoints.pids[part]
  if (before === undefined) throw new Error(`no part ${part} is running`)
  process.kill(before, 'SIGTERM')
  await eventually(
    () => stack.endpoints.pids[part],
    (pid) => pid !== undefined && pid !== before,
    stopPatienceMs,
  )
}
