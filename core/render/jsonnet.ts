import { InvalidSpecError, RenderError } from '../errors.ts'

/** A variable of a Jsonnet program (DIR-05). */
export type JsonnetVariable = {
  readonly name: string
  readonly value?: string | undefined
  readonly code?: boolean | undefined
}

const maxImports = 1_000
const maxLength = 1024 * 1024

/**
 * All that a program may import, as it writes it. Jsonnet only takes literals there, so that the text
 * tells; what stands in comments and texts is found too, and does no harm. RenderError for what could
 * hide a path: an escape, a verbatim text, or a path from the root of the machine (H1).
 */
export function importsOf(text: string, file: string): readonly string[] {
  const found: string[] = []
  let count = 0
  // each one by itself: what only looks like an import must not swallow the begin of a real one
  for (const { index } of text.matchAll(/import(?:str|bin)?/g)) {
    if (++count > maxImports || text.length > maxLength) {
      throw new RenderError(`${file} is too long, or imports more than ${maxImports} files`)
    }
    const path = literalAfter(text, index)
    if (path === undefined) continue
    if (path === refused || path.startsWith('/') || path.includes('\\')) {
      throw new RenderError(
        `${file}: an import of ${path} is refused; import files of the repository by plain relative paths`,
      )
    }
    found.push(path)
  }
  return found
}

const refused = '@"…"'

/** The literal after the word that begins here, behind blanks and comments. */
function literalAfter(text: string, start: number): string | undefined {
  const word = /^import(?:str|bin)?/.exec(text.slice(start, start + 9))?.[0] ?? ''
  let at = start + word.length
  for (let next = skipped(text, at); next !== at; next = skipped(text, at)) {
    if (next === undefined) return undefined
    at = next
  }
  const quote = text[at] ?? ''
  if (quote === '@') return refused
  if (quote !== '"' && quote !== "'") return undefined
  const close = text.indexOf(quote, at + 1)
  return close < 0 ? undefined : text.slice(at + 1, close)
}

/** Behind one blank or comment; the same place where there is none, undefined where one does not end. */
function skipped(text: string, at: number): number | undefined {
  const begin = text.slice(at, at + 2)
  if (/^\s/.test(begin)) return at + 1
  if (begin === '/*') return after(text, '*/', at + 2)
  return begin === '//' || begin.startsWith('#') ? after(text, '\n', at) : at
}

function after(text: string, mark: string, from: number): number | undefined {
  const at = text.indexOf(mark, from)
  return at < 0 ? undefined : at + mark.length
}

/** A value with code in it is a program of its own, which imports nothing. */
export function checkVariable({ name, value = '', code }: JsonnetVariable, at: string): void {
  if (!/^\w[\w.-]*$/.test(name)) {
    throw new InvalidSpecError(
      `${at}: ${name} is no name of a variable; use letters, digits, "_", "." and "-"`,
    )
  }
  if (code === true && /import/.test(value)) {
    throw new InvalidSpecError(`${at}: the code of ${name} imports, which only files may do`)
  }
}

/** The manifests in what a program gives: an object, or lists of them, as a stream of documents. */
export function documentsOf(output: string): string {
  const found: unknown = JSON.parse(output)
  const all = Array.isArray(found) ? found.flat(Number.POSITIVE_INFINITY) : [found]
  return all
    .filter((one) => one !== null)
    .map((one) => JSON.stringify(one))
    .join('\n---\n')
}
