import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import type { Hook, ResourceDiff } from '../flow.ts'
import type { ResourceKey } from '../manifest/key.ts'
import { planSync } from './plan.ts'

const rendered = { revision: 'r', inputs: 'i', digest: 'd', count: 1, warnings: [] }

function plan(
  differences: readonly ResourceDiff[],
  {
    automated = { prune: true, selfHeal: true } as object | null,
    equal = 1,
    last = {} as object | undefined,
    retry = false,
    continued = false,
    hooks = [] as readonly Hook[],
    blocked = undefined as string | undefined,
  } = {},
) {
  const syncPolicy = automated === null ? {} : { automated }
  const application = applicationOf({ spec: { syncPolicy } })
  const lastAttempt = last && {
    revision: 'r',
    inputs: 'other',
    specDigest: 's',
    phase: 'Succeeded',
    ...last,
  }
  return planSync({
    application,
    specDigest: 's',
    rendered,
    comparison: { equal, differences, hooks },
    lastAttempt,
    retry,
    continued,
    ...(blocked !== undefined && { blocked }),
  })
}
const diff = (
  kind: string,
  action: ResourceDiff['action'],
  wave = 0,
  name = 'x',
): ResourceDiff => ({
  key: `/${kind}/shop/${name}` as ResourceKey,
  action,
  wave,
})
const order = (result: ReturnType<typeof plan>) =>
  result.steps.flatMap(({ wave, changes }) =>
    changes.map(({ key, action }) => `${wave} ${action} ${key.split('/')[1]}`),
  )

describe('planning a sync', () => {
  it('orders by wave, then prunes before creates, then kind (SYNC-02, SYNC-08)', () => {
    const result = plan([
      diff('Deployment', 'create'),
      diff('ConfigMap', 'update'),
      diff('Service', 'prune'),
      diff('Namespace', 'create', -1),
    ])
    expect(order(result)).toEqual([
      '-1 create Namespace',
      '0 prune Service',
      '0 update ConfigMap',
      '0 create Deployment',
    ])
  })

  it('mirrors the waves of prunes among themselves (SYNC-16)', () => {
    const result = plan([
      diff('ConfigMap', 'prune', -1, 'a'),
      diff('Secret', 'prune', 0, 'b'),
      diff('Service', 'prune', 3, 'c'),
    ])
    expect(order(result)).toEqual(['-1 prune Service', '0 prune Secret', '3 prune ConfigMap'])
  })

  it('gives prunes that are to be last a wave after all others (OPT-09)', () => {
    const result = plan([
      { ...diff('Secret', 'prune', -5, 'last'), last: true },
      diff('ConfigMap', 'create', 3, 'new'),
      diff('Service', 'prune', 0, 'old'),
    ])
    expect(order(result)).toEqual(['0 prune Service', '3 create ConfigMap', '4 prune Secret'])
  })

  it('leaves prunes out where prune is off, and does nothing when only those are left (SYNCP-02)', () => {
    const automated = { selfHeal: true }
    expect(
      order(plan([diff('ConfigMap', 'prune'), diff('Secret', 'create')], { automated })),
    ).toEqual(['0 create Secret'])
    expect(plan([diff('ConfigMap', 'prune')], { automated }).action).toBe('none')
  })

  it('begins nothing for leftovers that do not count, and prunes them with the rest (AUTO-18)', () => {
    const extraneous: ResourceDiff = { ...diff('ConfigMap', 'prune'), extraneous: true }
    expect(plan([extraneous])).toMatchObject({
      action: 'none',
      reason: 'nothing differs but leftovers with IgnoreExtraneous',
    })
    const result = plan([extraneous, diff('Secret', 'create')])
    expect(order(result)).toEqual(['0 prune ConfigMap', '0 create Secret'])
  })

  it('never wipes out everything unless allowEmpty is set (SYNCP-04)', () => {
    const gone = [diff('ConfigMap', 'prune')]
    const refused = plan(gone, { equal: 0 })
    expect(refused.action).toBe('none')
    expect(refused.conditions[0]?.message).toContain('wipe out all resources')
    expect(
      plan(gone, { equal: 0, automated: { prune: true, allowEmpty: true, selfHeal: true } }).action,
    ).toBe('sync')
  })

  it('does nothing without automated sync (SYNCP-01, AUTO-08)', () => {
    expect(plan([diff('ConfigMap', 'create')], { automated: null }).action).toBe('none')
    expect(plan([diff('ConfigMap', 'create')], { automated: { enabled: false } }).action).toBe(
      'none',
    )
  })

  it('is begun by itself only for what differs, is to be done and is not held up (AUTO-08)', () => {
    const changed = [diff('ConfigMap', 'update')]
    expect(plan(changed)).toMatchObject({ action: 'sync', reason: 'differences found' })
    expect(plan([]).reason).toBe('nothing differs')
    expect(plan([diff('ConfigMap', 'prune')], { automated: {} }).reason).toBe(
      'only pruning is needed and automated prune is off',
    )
    expect(plan(changed, { blocked: 'blocked by sync window' })).toMatchObject({
      action: 'none',
      reason: 'blocked by sync window',
    })
  })

  it('tries the same inputs again only to heal or to repeat what can pass (AUTO-09, AUTO-10)', () => {
    const changes = [diff('ConfigMap', 'update')]
    const same = { inputs: 'i' }
    expect(plan(changes, { last: same, automated: {} }).action).toBe('none')
    expect(plan(changes, { last: same }).action).toBe('sync')
    const failed = { ...same, phase: 'Failed', failure: 'no' }
    expect(plan(changes, { last: failed }).conditions[0]?.message).toContain(
      'Failed last sync attempt',
    )
    expect(plan(changes, { last: { ...failed, retryable: true } }).action).toBe('sync')
    expect(plan(changes, { last: failed, retry: true }).action).toBe('sync')
    expect(plan(changes, { last: { ...failed, inputs: 'older' } }).action).toBe('sync')
  })

  it('goes on with what an earlier attempt began though nothing differs: its hooks are still to run (SYNC-26)', () => {
    const hooks: readonly Hook[] = [
      { key: 'batch/Job/shop/tell', object: 0, phases: ['PostSync'], wave: 0 },
    ]
    expect(plan([], { hooks }).action).toBe('none')
    const { action, steps } = plan([], { hooks, continued: true, retry: true })
    expect(action).toBe('sync')
    expect(steps).toMatchObject([
      { phase: 'PostSync', changes: [], hooks: [{ key: 'batch/Job/shop/tell' }] },
    ])
  })

  it('is a self-heal without hooks when it deploys nothing new, whoever noticed it (AUTO-10)', () => {
    const changes = [diff('ConfigMap', 'update')]
    const hooks = [
      { object: 0, key: 'batch/Job/shop/x' as const, phases: ['PreSync' as const], wave: 0 },
    ]
    expect(plan(changes, { last: { inputs: 'i' }, hooks })).toMatchObject({
      heal: true,
      steps: [{ changes: [{ key: '/ConfigMap/shop/x' }] }],
    })
    const deployment = plan(changes, { hooks })
    expect(deployment.steps).toHaveLength(2)
    expect(deployment).not.toHaveProperty('heal')
  })

  it('is a permutation of the changes, whatever their order was', () => {
    const change = fc.record({
      key: fc
        .constantFrom('ConfigMap', 'Secret', 'Deployment', 'Service')
        .chain((kind) => fc.nat(50).map((n) => `/${kind}/shop/n${n}` as ResourceKey)),
      action: fc.constantFrom('create' as const, 'update' as const),
      wave: fc.integer({ min: -2, max: 2 }),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(change, { selector: ({ key }) => key, minLength: 1 }),
        (changes) => {
          const forward = plan(changes).steps.flatMap((step) => step.changes.map(({ key }) => key))
          const backward = plan([...changes].reverse()).steps.flatMap((step) =>
            step.changes.map(({ key }) => key),
          )
          expect(forward).toEqual(backward)
          expect([...forward].sort()).toEqual(changes.map(({ key }) => key).sort())
        },
      ),
    )
  })
})
