import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { GitAccessError } from '../../core/errors.ts'

/** The files of a chart by their paths below its folder. */
export type ChartFiles = ReadonlyMap<string, Buffer>

const maxBytes = 100 * 1024 * 1024
const maxFiles = 20_000

/**
 * Unpacks a packed chart into memory. Only files count: links and devices of an archive are nobody's
 * chart. GitAccessError for paths that lead out of it and for what swells beyond 100 MiB.
 */
export async function readArchive(body: Buffer, name: string): Promise<ChartFiles> {
  const files = new Map<string, Buffer>()
  let bytes = 0
  const entries = extract()
  const reading = (async () => {
    for await (const entry of entries) {
      const { type, name: path } = entry.header
      const chunks: Buffer[] = []
      for await (const chunk of entry as AsyncIterable<Buffer>) {
        bytes += chunk.length
        if (bytes > maxBytes) throw tooLarge(name)
        chunks.push(chunk)
      }
      if (type === 'file') files.set(inside(path, name), Buffer.concat(chunks))
      if (files.size > maxFiles) throw tooLarge(name)
    }
  })()
  try {
    await Promise.all([pipeline(Readable.from([body]), createGunzip(), entries), reading])
  } catch (error) {
    if (error instanceof GitAccessError) throw error
    throw new GitAccessError(`${name} is no packed chart: ${(error as Error).message}`)
  }
  return files
}

/** Every chart lies in a folder of its own name. */
function inside(path: string, name: string): string {
  const clean = posix.normalize(path)
  const below = clean.slice(clean.indexOf('/') + 1)
  const leads = posix.isAbsolute(path) || clean.startsWith('..') || path.includes('\\')
  if (!leads && clean.includes('/') && below !== '') return below
  throw new GitAccessError(`${name} holds a file outside of the chart: ${path.slice(0, 200)}`)
}

function tooLarge(name: string): GitAccessError {
  return new GitAccessError(
    `${name} holds more than ${maxBytes / 1024 / 1024} MiB or ${maxFiles} files; make it smaller`,
  )
}
