import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { applicationHealth } from './application-health.ts'

const claim = (name: string, phase: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'shop' },
  status: { phase },
})

describe('the health of an application (HEALTH-02)', () => {
  it('is the worst of its live objects and names them (HEALTH-26)', () => {
    const live = [
      claim('a', 'Bound'),
      claim('b', 'Pending'),
      claim('c', 'Lost'),
      claim('d', 'Lost'),
    ]
    expect(applicationHealth(live, 4)).toEqual({
      status: 'Degraded',
      message: 'Caused by PersistentVolumeClaim shop/c, PersistentVolumeClaim shop/d',
    })
  })

  it('does not count kinds without a rule, nor objects that are marked to be ignored', () => {
    const ignored = {
      ...claim('a', 'Lost'),
      metadata: { name: 'a', annotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' } },
    }
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }
    expect(applicationHealth([ignored, config], 3)).toEqual({ status: 'Healthy' })
  })

  it('is Missing only when nothing at all is live of what is declared', () => {
    expect(applicationHealth([], 2)).toEqual({ status: 'Missing' })
    expect(applicationHealth([claim('a', 'Bound')], 2)).toEqual({ status: 'Healthy' })
    expect(applicationHealth([], 0)).toEqual({ status: 'Healthy' })
  })
})
