import { readdirSync, readFileSync } from 'node:fs'

/** What a process and all that it started hold together. */
export type Usage = { readonly bytes: number; readonly processes: number }

const pageBytes = 4096

/** As the system tells it (Linux); nothing where it does not, or when the process has ended. */
export function usageOf(pid: number | undefined): Usage {
  if (pid === undefined) return { bytes: 0, processes: 0 }
  let bytes = 0
  const seen = new Set([pid])
  // a set that grows while it is walked: children after their parents
  for (const one of seen) {
    bytes += memoryOf(one)
    for (const child of childrenOf(one)) seen.add(child)
  }
  return { bytes, processes: seen.size }
}

function memoryOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes
  } catch {
    // it ended meanwhile, or this is no Linux
    return 0
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter((child) => child !== '')
        .map(Number),
    )
  } catch {
    // as above
    return []
  }
}
