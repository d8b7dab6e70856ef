import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import { newYear, newYearText } from '../../test/fixtures/report.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { trackingAnnotationKey } from '../manifest/tracking.ts'
import { checkFields, checkHold, checkHooks, checkWindows } from './application.ts'
import { checkConflicts, checkNamespace } from './objects.ts'

const statuses = (found: readonly { readonly status: string; readonly reason: string }[]) =>
  found.map(({ status, reason }) => `${status} ${reason}`)
const object = (kind: string, more: object = {}, metadata: object = {}): Manifest => ({
  ...{ apiVersion: kind === 'Job' ? 'batch/v1' : 'v1', kind },
  metadata: { name: 'x', namespace: 'shop', ...metadata },
  ...more,
})
const hook = { annotations: { 'argocd.argoproj.io/hook': 'PreSync' } }

describe('what app doctor says of an application', () => {
  it('is a sync window that blocks, until when, and one that cannot be read', () => {
    const project = (window: object) => ({
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'default' } },
      spec: { syncWindows: [{ kind: 'deny', duration: '1h', applications: ['*'], ...window }] },
    })
    const check = (window: object) =>
      checkWindows(project(window), applicationOf(), newYear + 60_000)
    expect(check({ schedule: '0 0 * * *' })[0]).toMatchObject({
      status: 'WARN',
      reason: expect.stringContaining('until 2026-01-01T01:00:00Z'),
    })
    expect(check({ schedule: '0 12 * * *' })[0]?.status).toBe('OK')
    expect(check({ schedule: 'often' })[0]?.status).toBe('FAIL')
  })

  it('is a hold, with why', () => {
    const hold = { revision: 'r1', id: 3, by: 'kim', at: newYearText, inputs: 'i' }
    const own = { sequence: 1, specDigest: '', observed: '' }
    const held = { driftless: { ...own, hold: { ...hold, because: 'r2 failed' } } }
    expect(statuses([checkHold(held), checkHold({})])).toEqual([
      'WARN held at r1 by kim since 2026-01-01T00:00:00Z: r2 failed',
      'OK no rollback holds automated sync',
    ])
  })

  it('is a hook that nothing ends', () => {
    const endless = object('Job', { spec: {} }, hook)
    const bounded = object('Job', { spec: { activeDeadlineSeconds: 60 } }, hook)
    const patient = applicationOf({
      metadata: { annotations: { 'driftless.dev/wave-timeout': '5m' } },
    })
    expect(statuses(checkHooks(applicationOf(), [endless, bounded]))).toEqual([
      'WARN nothing ends Job shop/x when it hangs',
    ])
    expect(statuses(checkHooks(applicationOf(), [bounded]))).toEqual(['OK 1 in PreSync'])
    expect(statuses(checkHooks(patient, [endless]))).toEqual(['OK 1 in PreSync'])
    expect(statuses(checkHooks(patient, []))).toEqual(['OK there are none'])
  })

  it('is what is not acted on, and a rule that ignores nothing', () => {
    const rules = [{ kind: 'ConfigMap' }, { group: 'apps', kind: 'Deployment', name: 'web' }]
    const application = applicationOf({ spec: { ignoreDifferences: rules } })
    expect(statuses(checkFields(application, ['spec.x'], [object('ConfigMap')]))).toEqual([
      'WARN spec.x is not acted on by this version',
      'WARN spec.ignoreDifferences for apps/Deployment web fits no object',
    ])
    expect(statuses(checkFields(applicationOf(), [], []))).toEqual(['OK all are acted on'])
  })

  it('is whose the objects are, and who else writes what is declared', () => {
    const declared = object('ConfigMap', { data: { a: '1' } })
    const owned = (manager: string, field: string) => ({
      ...declared,
      metadata: {
        ...declared.metadata,
        managedFields: [{ manager, fieldsV1: { 'f:data': { '.': {}, [`f:${field}`]: {} } } }],
      },
    })
    const tracked = object(
      'ConfigMap',
      {},
      {
        annotations: { [trackingAnnotationKey]: 'other:/ConfigMap:shop/x' },
      },
    )
    const check = (live: unknown) =>
      statuses(checkConflicts([{ declared, live: live as Manifest }], 'shop'))
    expect(check(tracked)).toEqual(['FAIL ConfigMap shop/x is tracked by the Application other'])
    expect(check(owned('hand', 'a'))).toEqual([
      'WARN ConfigMap shop/x has declared fields that hand writes too',
    ])
    for (const live of [owned('hand', 'b'), owned('driftless', 'a'), undefined]) {
      expect(check(live)).toEqual(['OK nobody else tracks or writes what is declared'])
    }
  })

  it('is whether there is a namespace, or will be', () => {
    const [no, created] = [
      { created: false, declared: false },
      { created: true, declared: false },
    ]
    const found = [
      checkNamespace('shop', true, no),
      checkNamespace('shop', false, created),
      checkNamespace('shop', false, { created: false, declared: true }),
      checkNamespace('shop', false, no),
    ]
    expect(found.map(({ status }) => status)).toEqual(['OK', 'OK', 'OK', 'FAIL'])
  })
})
