import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { GitAccessError } from '../../core/errors.ts'
import type { Packed } from './asked.ts'

/** The files of a chart by their paths below its folder. */
export type ChartFiles = ReadonlyMap<string, Buffer>

const maxBytes = 100 * 1024 * 1024
const maxFiles = 20_000

/**
 * Unpacks a packed chart or the layer of an artifact into memory. Only files count: links and devices
 * of an archive are nobody's manifests. GitAccessError for paths that lead out of it and for what
 * swells beyond 100 MiB.
 */
export async function readArchive({ body, isChart }: Packed, name: string): Promise<ChartFiles> {
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
      if (type === 'file') files.set(placeOf(path, isChart, name), Buffer.concat(chunks))
      if (files.size > maxFiles) throw tooLarge(name)
    }
  })()
  try {
    const unpacking = isGzip(body)
      ? pipeline(Readable.from([body]), createGunzip(), entries)
      : pipeline(Readable.from([body]), entries)
    await Promise.all([unpacking, reading])
  } catch (error) {
    if (error instanceof GitAccessError) throw error
    throw new GitAccessError(`${name} is no archive: ${(error as Error).message}`)
  }
  return files
}

function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b
}

/** Every chart lies in a folder of its own name. */
function placeOf(path: string, isChart: boolean, name: string): string {
  const clean = posix.normalize(path)
  const below = isChart ? clean.slice(clean.indexOf('/') + 1) : clean
  const leads = posix.isAbsolute(path) || clean.startsWith('..') || path.includes('\\')
  if (!leads && below !== '' && (!isChart || clean.includes('/'))) return below
  const whole = isChart ? 'the chart' : 'the artifact'
  throw new GitAccessError(`${name} holds a file outside of ${whole}: ${path.slice(0, 200)}`)
}

function tooLarge(name: string): GitAccessError {
  return new GitAccessError(
    `${name} holds more than ${maxBytes / 1024 / 1024} MiB or ${maxFiles} files; make it smaller`,
  )
}
