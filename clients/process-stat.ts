import { readFileSync } from 'node:fs'

/** What Linux tells of a process: its state (`Z` for a zombie) and when it began; undefined when it tells nothing. */
export function processStat(
  pid: number,
): { readonly state: string; readonly startedAt: string } | undefined {
  try {
    // after the command name, which may hold anything: state is field 3, the start time field 22
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? ''
    const [state = '', ...fields] = text.split(' ')
    return { state, startedAt: fields[18] ?? '' }
  } catch {
    return undefined
  }
}
