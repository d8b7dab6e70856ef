/** RFC 6901. */
export function pointerTo(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The value without the field at an RFC 6901 pointer; the value itself where nothing is there (DIFF-04). */
export function withoutPointer<T>(value: T, pointer: string): T {
  if (!pointer.startsWith('/')) return value
  const path = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  return without(value, path) as T
}

function without(value: unknown, [field, ...rest]: readonly string[]): unknown {
  if (field === undefined || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return withoutItem(value, field, rest)
  if (!Object.hasOwn(value, field)) return value
  const { [field]: found, ...others } = value as Readonly<Record<string, unknown>>
  return rest.length === 0 ? others : { ...value, [field]: without(found, rest) }
}

function withoutItem(list: readonly unknown[], field: string, rest: readonly string[]): unknown {
  if (!/^(0|[1-9]\d*)$/.test(field)) return list
  return list.flatMap((item, index) => {
    if (index !== Number(field)) return [item]
    return rest.length === 0 ? [] : [without(item, rest)]
  })
}
