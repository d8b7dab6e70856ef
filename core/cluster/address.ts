import { sha256Hex } from '../digest.ts'

/** One spelling of an API address: without blanks, a slash at its end, capitals and the default port. */
export function plainAddress(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/^(https:\/\/.*):443$/, '$1')
    .replace(/^(http:\/\/.*):80$/, '$1')
}

/** Names a cluster in task queues and Leases, by its API address. */
export function clusterId(address: string): string {
  return sha256Hex(address).slice(0, 12)
}
