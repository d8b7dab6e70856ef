/**
 * The text of every payload in a history as `historyToJSON` writes it, wherever it stands: inputs,
 * results, markers, memos, search attributes, details of failures.
 */
export function payloadTexts(history: string): readonly string[] {
  return textsIn(JSON.parse(history))
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const { metadata, data } = value as { readonly metadata?: unknown; readonly data?: unknown }
  const own =
    metadata !== undefined && typeof data === 'string'
      ? [Buffer.from(data, 'base64').toString()]
      : []
  return [...own, ...Object.values(value).flatMap(textsIn)]
}
