import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** The SHA-256 of a text as 64 hex digits. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/** The same digest for values that are equal as JSON, however their keys are ordered. */
export function digestOf(value: unknown): string {
  return sha256Hex(canonicalJson(value))
}

/** JSON with sorted keys; fields that are undefined are left out, as JSON.stringify does. */
function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`)
  return `{${fields.join(',')}}`
}

/** The value of the label `driftless.dev/application`: short enough for a label, one per application. */
export function applicationLabel(namespace: string, name: string): string {
  return sha256Hex(`${namespace}/${name}`).slice(0, 20)
}
