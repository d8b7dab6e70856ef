import { describe, expect, it } from 'vitest'
import { applicationObject } from '../../test/fixtures/application.ts'
import { readApplication } from '../application.ts'
import type { WakeReason } from '../flow.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { windowsOf } from '../window/permit.ts'
import { decide } from './decide.ts'
import { afterHeal, healDelay, isFull } from './heal.ts'
import { watchDigest } from './watch-digest.ts'

const base = applicationObject()
const action = (object: object, reason: WakeReason = 'push', problems: readonly string[] = []) =>
  decide({ application: readApplication(object).application, problems, wakes: [{ reason, at: 0 }] })
    .action
const withMetadata = (metadata: object) => applicationObject({ metadata })
const withPolicy = (syncPolicy: object) => applicationObject({ spec: { syncPolicy } })

describe('deciding what a wake means', () => {
  it('syncs automated applications and only compares others (SYNCP-01)', () => {
    expect(action(base)).toBe('sync')
    expect(action(withPolicy({}))).toBe('compare')
    expect(action(withPolicy({ automated: { enabled: false } }))).toBe('compare')
  })

  it('heals drift only where selfHeal is on (SYNCP-03)', () => {
    expect(action(base, 'drift')).toBe('sync')
    expect(action(withPolicy({ automated: {} }), 'drift')).toBe('compare')
  })

  it('only reports when only the health changed (AUTO-07)', () => {
    expect(action(base, 'health')).toBe('report')
  })

  it('deletes resources only with the finalizer (APP-12)', () => {
    const deletionTimestamp = '2026-01-01T00:00:00Z'
    const finalizers = ['resources-finalizer.argocd.argoproj.io/background']
    expect(action(withMetadata({ deletionTimestamp, finalizers }))).toBe('delete')
    expect(action(withMetadata({ deletionTimestamp, finalizers: ['other/one'] }))).toBe('ignore')
  })

  it('runs the hooks of a deletion also where the resources stay (HOOK-14, HIST-06)', () => {
    const deletionTimestamp = '2026-01-01T00:00:00Z'
    const finalizers = ['pre-delete-finalizer.argocd.argoproj.io']
    const { application } = readApplication(withMetadata({ deletionTimestamp, finalizers }))
    const wakes = [{ reason: 'delete', at: 0 }] as const
    expect(decide({ application, problems: [], wakes })).toMatchObject({
      action: 'delete',
      deletion: { before: true, resources: false, after: false },
    })
  })

  it('has nothing to do for a confirmation that no run waits for (OPT-17)', () => {
    expect(action(base, 'confirm')).toBe('ignore')
  })

  it('leaves skipped applications alone and names problems of the spec (AUTO-14, APP-03)', () => {
    expect(
      action(withMetadata({ annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } })),
    ).toBe('ignore')
    expect(action(base, 'push', ['spec.destination: no'])).toBe('invalid')
  })

  it('ignores an Application that is gone', () => {
    expect(
      decide({ application: undefined, problems: [], wakes: [{ reason: 'spec', at: 0 }] }).action,
    ).toBe('ignore')
  })
})

describe('deciding while sync windows permit nothing', () => {
  const now = Date.parse('2026-07-15T12:00:00Z')
  const windows = (manualSync: boolean) =>
    windowsOf(
      [{ kind: 'allow', schedule: '30 12 * * *', duration: '1h', namespaces: ['*'], manualSync }],
      'shop',
      { namespace: 'shop' },
    ).windows
  const decided = (object: object, manualSync: boolean) =>
    decide({
      application: readApplication(object).application,
      problems: [],
      wakes: [{ reason: 'push', at: 0 }],
      windows: windows(manualSync),
      now,
    })
  const asked = (dryRun: boolean) => applicationObject({ operation: { sync: { dryRun } } })

  it('compares, and asks again when a window opens (WIN-03, WIN-06)', () => {
    expect(decided(base, true)).toMatchObject({
      action: 'compare',
      reason: expect.stringContaining('blocked by sync window'),
      blocked: { inMs: 30 * 60_000 + 1 },
    })
  })

  it('lets people wait, unless all windows let them sync (WIN-04, WIN-07)', () => {
    expect(decided(asked(false), false).action).toBe('wait')
    expect(decided(asked(false), true)).toMatchObject({ action: 'sync' })
    expect(decided(asked(true), false)).not.toHaveProperty('blocked')
  })
})

describe('the self-heal budget', () => {
  it('heals ten times at once, then backs off from 1 s to 5 min, other than in Argo CD (AUTO-11)', () => {
    let budget = afterHeal(undefined, 0)
    for (let heal = 2; heal <= 10; heal++) {
      expect(healDelay(budget, 0)).toBe(0)
      budget = afterHeal(budget, 0)
    }
    const delays = Array.from({ length: 10 }, () => {
      const delay = healDelay(budget, 0)
      budget = afterHeal(budget, 0)
      return delay
    })
    expect(delays).toEqual(
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((seconds) => seconds * 1_000),
    )
  })

  it('refills by one heal every 30 s', () => {
    let budget = afterHeal(undefined, 0)
    for (let heal = 2; heal <= 10; heal++) budget = afterHeal(budget, 0)
    expect(healDelay(budget, 30_000)).toBe(0)
    expect(isFull(budget, 299_000)).toBe(false)
    expect(isFull(budget, 300_000)).toBe(true)
  })
})

describe('the watch digest', () => {
  const digest = (object: object) => watchDigest(object as Manifest)

  it('stays when only the status or kubectl annotations change', () => {
    expect(digest({ ...base, status: { health: 1 } })).toBe(digest(base))
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
    expect(digest(withMetadata({ annotations }))).toBe(digest(base))
  })

  it('stays when a comparison puts on or takes off the finalizers of delete hooks', () => {
    const finalizers = ['pre-delete-finalizer.argocd.argoproj.io']
    expect(digest(withMetadata({ finalizers }))).toBe(digest(base))
    const deletionTimestamp = 'x'
    expect(digest(withMetadata({ finalizers, deletionTimestamp }))).not.toBe(
      digest(withMetadata({ deletionTimestamp })),
    )
  })

  it('changes with the spec, an operation, a deletion, finalizers, our annotations and the uid', () => {
    const changed = [
      { ...base, spec: {} },
      { ...base, operation: { sync: {} } },
      withMetadata({ deletionTimestamp: 'x' }),
      withMetadata({ finalizers: ['x/y'] }),
      withMetadata({ annotations: { 'argocd.argoproj.io/refresh': 'normal' } }),
      withMetadata({ annotations: { 'driftless.dev/health-timeout': '1s' } }),
      withMetadata({ uid: 'other' }),
    ].map(digest)
    expect(new Set([...changed, digest(base)]).size).toBe(changed.length + 1)
  })
})
