/** Epoch ms as Kubernetes writes times: RFC 3339 in UTC, whole seconds. The only calendar of core. */
export function rfc3339(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`
}

/** The moment that a time in a Kubernetes object names; undefined for anything else. */
export function epochMs(text: string | undefined): number | undefined {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** A duration as Go and Argo CD write it, `1h30m`, `90s`; a bare number is seconds. Undefined for anything else. */
export function durationMs(text: string | number | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (/^\d+$/.test(String(text))) return Number(text) * 1_000
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(String(text))) return undefined
  return [...String(text).matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, amount = '0', unit = 's']) => sum + Number(amount) * (unitMs[unit] ?? 0),
    0,
  )
}
