import { textAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { type Health, type HealthStatus, verdict } from './health.ts'

const phases: Readonly<Record<string, HealthStatus>> = {
  '': 'Progressing',
  Pending: 'Progressing',
  Running: 'Progressing',
  Succeeded: 'Healthy',
  Failed: 'Degraded',
  Error: 'Degraded',
}

/** HEALTH-17. */
export function assessArgoWorkflow(live: Manifest): Health {
  const status = phases[textAt(live, 'status', 'phase')] ?? 'Unknown'
  return verdict(status, textAt(live, 'status', 'message'))
}
