import { isMapping } from './field.ts'
import { groupOf } from './key.ts'
import type { Manifest } from './manifest.ts'

/** Whether the object is a core Secret, whose values must not be shown. */
export function isSecret(manifest: Manifest): boolean {
  return manifest.kind === 'Secret' && groupOf(manifest.apiVersion) === ''
}

/** A Secret as the API server stores it: `stringData` folded into `data`, where it wins; null is an empty value. */
export function foldStringData(manifest: Manifest): Manifest {
  if (!isSecret(manifest)) return manifest
  const { stringData, ...rest } = manifest
  const given = Object.entries(isMapping(rest.data) ? rest.data : {})
  const data = Object.fromEntries(given.map(([key, value]) => [key, value ?? '']))
  if (!isMapping(stringData)) return isMapping(rest.data) ? { ...rest, data } : rest
  const folded = Object.entries(stringData).map(([key, value]) => [key, encode(value)])
  return { ...rest, data: { ...data, ...Object.fromEntries(folded) } }
}

/** The values of a Secret as the API server has it, as texts by key. */
export function secretData({ data }: Manifest): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(isMapping(data) ? data : {}).map(([key, value]) => [
      key,
      decoded(String(value)),
    ]),
  )
}

function decoded(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
}

/** Only text is encoded: the API server refuses anything else, and says so better than we could. */
function encode(value: unknown): unknown {
  if (value === null) return ''
  if (typeof value !== 'string') return value
  const bytes = new TextEncoder().encode(value)
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
