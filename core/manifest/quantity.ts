const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}
const pattern = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/

/** The number behind a Kubernetes quantity (`500m`, `1Gi`, `2e3`); undefined when it is none. */
export function quantityOf(text: unknown): number | undefined {
  const match = pattern.exec(String(text ?? '').trim())
  if (match === null) return undefined
  const [, digits = '', suffix = '', exponent] = match
  if (exponent !== undefined) return Number(digits) * 10 ** Number(exponent)
  return Number(digits) * (factors[suffix] ?? Number.NaN)
}
