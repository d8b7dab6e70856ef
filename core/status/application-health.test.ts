import { describe, expect, it } from 'vitest'
import { assessHealth } from '../health/assess.ts'
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

  it('names three of its causes, and how many more there are (HEALTH-26)', () => {
    const live = ['a', 'b', 'c', 'd', 'e'].map((name) => claim(name, 'Lost'))
    const three = ['a', 'b', 'c'].map((name) => `PersistentVolumeClaim shop/${name}`).join(', ')
    expect(applicationHealth(live, 5).message).toBe(`Caused by ${three} and 2 more`)
  })

  it('does not count kinds without a rule, nor objects that are marked to be ignored', () => {
    const ignored = {
      ...claim('a', 'Lost'),
      metadata: { name: 'a', annotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' } },
    }
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }
    expect(applicationHealth([ignored, config], 3)).toEqual({ status: 'Healthy' })
  })

  it('does not count the Application itself, nor hooks', () => {
    const itself = { ...claim('a', 'Lost'), metadata: { name: 'a', uid: 'u' } }
    const hook = {
      ...claim('b', 'Lost'),
      metadata: { name: 'b', annotations: { 'argocd.argoproj.io/hook': 'PreSync' } },
    }
    const live = [itself, hook, claim('c', 'Bound')]
    expect(applicationHealth(live, 2, assessHealth, 'u')).toEqual({ status: 'Healthy' })
    expect(applicationHealth(live, 2, assessHealth, 'other').status).toBe('Degraded')
  })

  it.each([
    ['Missing', 'Healthy'],
    ['Unknown', 'Healthy'],
    ['Degraded', 'Degraded'],
    ['Progressing', 'Progressing'],
  ] as const)(
    'HEALTH-23: of a child Application that a script calls %s is %s',
    (status, expected) => {
      const child = {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'child' },
      }
      expect(applicationHealth([child], 1, () => ({ status })).status).toBe(expected)
      expect(applicationHealth([child], 1).status).toBe('Healthy')
    },
  )

  it('is Missing only when nothing at all is live of what is declared', () => {
    expect(applicationHealth([], 2)).toEqual({ status: 'Missing' })
    expect(applicationHealth([claim('a', 'Bound')], 2)).toEqual({ status: 'Healthy' })
    expect(applicationHealth([], 0)).toEqual({ status: 'Healthy' })
  })
})
