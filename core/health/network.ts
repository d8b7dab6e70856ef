import { listAt, textAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { type Health, verdict } from './health.ts'

/** HEALTH-13: only a LoadBalancer has something to wait for, its address. */
export function assessService(live: Manifest): Health {
  if (textAt(live, 'spec', 'type') !== 'LoadBalancer') return verdict('Healthy')
  return assessIngress(live)
}

/** HEALTH-14: Healthy once it has an address. */
export function assessIngress(live: Manifest): Health {
  const addresses = listAt(live, 'status', 'loadBalancer', 'ingress')
  return verdict(addresses.length > 0 ? 'Healthy' : 'Progressing')
}
