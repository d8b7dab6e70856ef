import type { Manifest } from '../manifest/manifest.ts'

/** How well an object does, from best to worst (HEALTH-01). */
export const healthStatuses = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
] as const
export type HealthStatus = (typeof healthStatuses)[number]

/** The verdict on one object. */
export type Health = { readonly status: HealthStatus; readonly message?: string }

/** Whether `status` is worse than `than`. */
export function isWorse(status: HealthStatus, than: HealthStatus): boolean {
  return healthStatuses.indexOf(status) > healthStatuses.indexOf(than)
}

/** The worst of the statuses; Healthy for none, since nothing is wrong then. */
export function worst(statuses: Iterable<HealthStatus>): HealthStatus {
  let found: HealthStatus = 'Healthy'
  for (const status of statuses) if (isWorse(status, found)) found = status
  return found
}

/** A verdict, without the field `message` when there is nothing to say. */
export function verdict(status: HealthStatus, message = ''): Health {
  return message === '' ? { status } : { status, message }
}

/** Whether the object is left out of its application's health (HEALTH-22). */
export function isHealthIgnored({ metadata }: Manifest): boolean {
  return metadata.annotations?.['argocd.argoproj.io/ignore-healthcheck'] === 'true'
}
