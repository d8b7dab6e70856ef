import { isDeepStrictEqual } from 'node:util'

/** One claim about a document of the answer. */
export type Assertion = {
  readonly on: string
  /** JSON pointer. */
  readonly path: string
  readonly op: string
  readonly value?: unknown
}

/** The claims that do not hold of the documents. */
export function failed(
  assertions: readonly Assertion[],
  documents: Readonly<Record<string, unknown>>,
): readonly Assertion[] {
  return assertions.filter((assertion) => !holds(assertion, documents[assertion.on]))
}

function holds({ path, op, value }: Assertion, document: unknown): boolean {
  const found = at(document, path)
  switch (op) {
    case 'eq':
      return isDeepStrictEqual(found, value)
    case 'exists':
      return found !== undefined
    case 'absent':
      return found === undefined
    case 'absent_or_empty':
      return found === undefined || found === null || sizeOf(found) === 0
    case 'len':
      return sizeOf(found) === value
    case 'contains':
      return Array.isArray(found) ? found.includes(value) : String(found).includes(String(value))
    case 'not_contains_text':
      return !JSON.stringify(found ?? '').includes(String(value))
    default:
      return false
  }
}

function at(document: unknown, pointer: string): unknown {
  let found = document
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    found = (found as Readonly<Record<string, unknown>> | undefined)?.[key]
  }
  return found
}

function sizeOf(value: unknown): number | undefined {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined
}
