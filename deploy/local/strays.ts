import { rmSync } from 'node:fs'
import { z } from 'zod'
import { endStray } from './end-process.ts'
import { readJson, writePrivate } from './files.ts'
import { identify } from './process-identity.ts'

const Strays = z.record(z.string(), z.object({ pid: z.number().int(), startedAt: z.string() }))

const patienceMs = 8000

/** Writes down which processes are ours, for a start that follows after we were killed. */
export function recordPids(file: string, pids: Readonly<Record<string, number>>): void {
  const identities = Object.entries(pids).map(([name, pid]) => [name, identify(pid)])
  if (identities.length === 0) rmSync(file, { force: true })
  else writePrivate(file, JSON.stringify(Object.fromEntries(identities)))
}

/** Ends what a killed start left; a process that only has the same pid is not touched. Gives their names. */
export async function endStrays(file: string): Promise<readonly string[]> {
  const strays = Object.entries(Strays.catch({}).parse(readJson(file)))
  const ended = await Promise.all(
    strays.map(async ([name, stray]) => ((await endStray(stray, patienceMs)) ? [name] : [])),
  )
  rmSync(file, { force: true })
  return ended.flat()
}
