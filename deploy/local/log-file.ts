import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs'

/** Gives what was written to the file since the reader was made. */
export type LogReader = () => string

const rotateBytes = 10_000_000

/** Keeps one older file beside a log that has grown large. */
export function rotate(file: string): void {
  if (existsSync(file) && statSync(file).size > rotateBytes) renameSync(file, `${file}.1`)
}

/** Starts to read at the present end of the file, which may not exist yet. */
export function readFromEnd(file: string): LogReader {
  const from = existsSync(file) ? statSync(file).size : 0
  return () => {
    if (!existsSync(file)) return ''
    const handle = openSync(file, 'r')
    try {
      const length = Math.max(0, fstatSync(handle).size - from)
      const buffer = Buffer.alloc(length)
      readSync(handle, buffer, 0, length, from)
      return buffer.toString()
    } finally {
      closeSync(handle)
    }
  }
}

/** The end of a log, indented for a message. */
export function lastLines(file: string, count: number): string {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
  return lines
    .slice(-count)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join('\n')
}
