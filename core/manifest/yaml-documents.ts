import { constructFromEvents, EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml'
import { ManifestError } from '../errors.ts'
import { kubernetesSchema, LossyNumber } from './yaml-schema.ts'

/** A file and a line of it, counted from 1. */
export type Place = { readonly file: string; readonly line: number }

type Located = { readonly value: unknown; readonly line: number }

const maxRepairs = 200
const maxNodes = 500_000

/** Every non-empty YAML document of a text, with the line on which it starts. */
export function parseDocuments(text: string, file: string): readonly Located[] {
  const json = parseJson(text)
  if (json !== undefined) return [{ value: json, line: 1 }]
  const { source, events } = parseLeniently(text, file)
  return splitDocuments(events).flatMap((document) => {
    const line = lineAt(source, startOf(document))
    const value = construct(document, { source, file, line })
    return value === undefined || value === null ? [] : [{ value, line }]
  })
}

/** JSON is YAML, but JSON.parse is ten times as fast; long digits go to the reader that checks them. */
function parseJson(text: string): unknown {
  if (!/^\s*\{/.test(text) || /\d{16}/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined // YAML flow style looks like JSON; its reader also gives the better message
  }
}

type Stream = { readonly source: string; readonly events: readonly Event[] }

function parseLeniently(text: string, file: string): Stream {
  let source = text
  for (let repairs = 0; ; repairs++) {
    try {
      return { source, events: parseEvents(source, { filename: file }) }
    } catch (error) {
      const repaired = repairs < maxRepairs ? indentAt(source, error) : undefined
      if (repaired === undefined) throw manifestErrorOf(error, { file, line: 1 })
      source = repaired
    }
  }
}

/**
 * go-yaml accepts continuation lines of quoted scalars and flow collections that are indented too
 * little. Leading blanks mean nothing there, so indenting such a line changes no value.
 */
function indentAt(source: string, error: unknown): string | undefined {
  if (!(error instanceof YAMLException) || error.reason !== 'deficient indentation')
    return undefined
  const start = source.lastIndexOf('\n', (error.mark?.position ?? 0) - 1) + 1
  return `${source.slice(0, start)}${' '.repeat(64)}${source.slice(start)}`
}

function splitDocuments(events: readonly Event[]): readonly Event[][] {
  const documents: Event[][] = []
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) documents.push([])
    documents.at(-1)?.push(event)
  }
  return documents
}

function startOf(document: readonly Event[]): number {
  const content = document[1]
  if (content === undefined) return 0
  if (content.type === EVENT_ID.MAPPING || content.type === EVENT_ID.SEQUENCE) return content.start
  return content.type === EVENT_ID.SCALAR ? content.valueStart : 0
}

function construct(document: Event[], place: Place & { readonly source: string }): unknown {
  const value = constructValue(document, place)
  if (document.some(({ type }) => type === EVENT_ID.ALIAS) && isLargerThan(value, maxNodes)) {
    throw manifestError(
      place,
      'its aliases repeat too much content; write it out or split the file',
    )
  }
  return value
}

/** Aliases are shared objects here, but whoever writes them as JSON writes each of them out. */
function isLargerThan(value: unknown, limit: number): boolean {
  const open = [value]
  for (let seen = 0; open.length > 0; seen++) {
    if (seen + open.length > limit) return true
    const next = open.pop()
    if (next === null || typeof next !== 'object') continue
    for (const field of Object.values(next)) open.push(field)
  }
  return false
}

function constructValue(document: Event[], place: Place & { readonly source: string }): unknown {
  try {
    return constructFromEvents(document, {
      source: place.source,
      schema: kubernetesSchema,
      json: true, // the last of two equal keys wins, as in Go
    })[0]
  } catch (error) {
    throw manifestErrorOf(error, place)
  }
}

function manifestErrorOf(error: unknown, place: Place): ManifestError {
  if (error instanceof LossyNumber) return manifestError(place, error.message, error)
  if (!(error instanceof YAMLException))
    return manifestError(place, 'cannot be read as YAML', error)
  // the snippet of the exception is left out: it may show a Secret
  const line = (error.mark?.line ?? place.line - 1) + 1
  return manifestError({ file: place.file, line }, `not valid YAML: ${error.reason}`)
}

/** What is wrong with a document, as people find it: `file:line: text`. */
export function manifestError({ file, line }: Place, text: string, cause?: unknown): ManifestError {
  return new ManifestError(`${file}:${line}: ${text}`, { cause })
}

function lineAt(source: string, position: number): number {
  let line = 1
  for (let at = source.indexOf('\n'); at >= 0 && at < position; at = source.indexOf('\n', at + 1))
    line++
  return line
}
