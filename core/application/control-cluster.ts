const inside = /^https:\/\/kubernetes\.default(\.svc(\.cluster\.local)?)?$/

/** Whether an API address means the cluster in which the Applications live, wherever we run. */
export function isControlClusterAddress(
  server: string,
  addresses: readonly string[] = [],
): boolean {
  const wanted = withoutDefaults(server)
  return inside.test(wanted) || addresses.some((address) => withoutDefaults(address) === wanted)
}

function withoutDefaults(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/^(https:\/\/.*):443$/, '$1')
    .replace(/^(http:\/\/.*):80$/, '$1')
}
