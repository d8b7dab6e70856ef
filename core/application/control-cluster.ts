import { plainAddress } from '../cluster/address.ts'

const inside = /^https:\/\/kubernetes\.default(\.svc(\.cluster\.local)?)?$/

/** Whether an API address means the cluster in which the Applications live, wherever we run. */
export function isControlClusterAddress(
  server: string,
  addresses: readonly string[] = [],
): boolean {
  const wanted = plainAddress(server)
  return inside.test(wanted) || addresses.some((address) => plainAddress(address) === wanted)
}
