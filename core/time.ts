/** Epoch ms as Kubernetes writes times: RFC 3339 in UTC, whole seconds. The only calendar of core. */
export function rfc3339(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`
}
