const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/**
 * Text of others for Slack: `&`, `<` and `>` lose their meaning, so nobody is mentioned and no link
 * is made, and the result is at most `limit` characters long; no entity is cut in two.
 */
export function mrkdwn(text: string, limit: number): string {
  let escaped = ''
  for (const character of text) {
    const safe = entities[character] ?? character
    if (escaped.length + safe.length > limit) return `${escaped.slice(0, cutAt(escaped, limit))}…`
    escaped += safe
  }
  return escaped
}

/** Where to cut so that the ellipsis still fits: before an entity or a pair of surrogates that would be split. */
function cutAt(escaped: string, limit: number): number {
  const end = Math.min(escaped.length, limit - 1)
  const entity = escaped.lastIndexOf('&', end - 1)
  const splitsEntity = entity >= 0 && escaped.indexOf(';', entity) >= end
  if (splitsEntity) return entity
  const isHighSurrogate = /[\uD800-\uDBFF]/.test(escaped.charAt(end - 1))
  return isHighSurrogate ? end - 1 : end
}
