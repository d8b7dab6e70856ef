type Fields = { readonly [field: string]: unknown }

/** The list, where it is one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The fields, where it has any. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** The list with these entries in place of those of the same name; the others stay. */
export function overridden(
  before: unknown,
  entries: readonly { readonly name: string }[],
): readonly unknown[] {
  const names = new Set(entries.map(({ name }) => name))
  const others = listOf(before).filter((entry) => !names.has(String(fieldsOf(entry).name)))
  return [...others, ...entries]
}
