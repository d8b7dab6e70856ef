import { textAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { type Health, type HealthStatus, verdict } from './health.ts'

const phases: Readonly<Record<string, HealthStatus>> = {
  Bound: 'Healthy',
  Pending: 'Progressing',
  Lost: 'Degraded',
}

/** HEALTH-12. */
export function assessClaim(live: Manifest): Health {
  return verdict(phases[textAt(live, 'status', 'phase')] ?? 'Unknown')
}
