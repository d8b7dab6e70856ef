/**
 * The JSON merge patch (RFC 7396) that turns `before` into `after`: what is gone becomes null.
 * Undefined when nothing differs.
 */
export function mergePatch(before: object, after: object): object | undefined {
  const patch: Record<string, unknown> = {}
  const [old, wanted] = [before as Record<string, unknown>, after as Record<string, unknown>]
  for (const key of new Set([...Object.keys(old), ...Object.keys(wanted)])) {
    const value = wanted[key]
    if (value === undefined) {
      if (old[key] !== undefined) patch[key] = null
    } else if (isPlain(value) && isPlain(old[key])) {
      const inner = mergePatch(old[key], value)
      if (inner !== undefined) patch[key] = inner
    } else if (!isSame(old[key], value)) patch[key] = value
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => isSame(value, b[index]))
  }
  return isPlain(a) && isPlain(b) && mergePatch(a, b) === undefined
}
