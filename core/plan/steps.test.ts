import { describe, expect, it } from 'vitest'
import type { Hook, ResourceDiff, SyncStep } from '../flow.ts'
import type { Phase } from './phase.ts'
import { hookStepsOf, stepsOf } from './steps.ts'

const hook = (phase: Phase, wave = 0): Hook => ({
  object: 0,
  key: `batch/Job/shop/${phase.toLowerCase()}`,
  phases: [phase],
  wave,
})
const config: ResourceDiff = { key: '/ConfigMap/shop/config', action: 'create', wave: 0 }
const shown = (steps: readonly SyncStep[]) =>
  steps.map(({ phase = 'Sync', wave, changes, hooks = [] }) =>
    [phase, wave, ...changes.map(({ key }) => key), ...hooks.map(({ key }) => key)].join(' '),
  )

describe('the phases of an operation (SYNC-01)', () => {
  const hooks = (
    ['PostDelete', 'PostSync', 'SyncFail', 'PreDelete', 'Sync', 'PreSync'] as const
  ).map((phase) => hook(phase))

  it('are PreSync, Sync and PostSync in a sync', () => {
    expect(shown(stepsOf([config], hooks, {}))).toEqual([
      'PreSync 0 batch/Job/shop/presync',
      'Sync 0 /ConfigMap/shop/config batch/Job/shop/sync',
      'PostSync 0 batch/Job/shop/postsync',
    ])
  })

  it('are SyncFail alone after a failure, and PreDelete and PostDelete around a deletion', () => {
    const phases = ['SyncFail', 'PreDelete', 'PostDelete'] as const
    expect(phases.flatMap((phase) => shown(hookStepsOf(hooks, phase)))).toEqual([
      'SyncFail 0 batch/Job/shop/syncfail',
      'PreDelete 0 batch/Job/shop/predelete',
      'PostDelete 0 batch/Job/shop/postdelete',
    ])
  })

  it('have waves of their own, the lowest first', () => {
    const waves = [hook('PreSync', 5), hook('PreSync', -5), hook('PostSync', -9)]
    expect(shown(stepsOf([{ ...config, wave: -7 }], waves, {}))).toEqual([
      'PreSync -5 batch/Job/shop/presync',
      'PreSync 5 batch/Job/shop/presync',
      'Sync -7 /ConfigMap/shop/config',
      'PostSync -9 batch/Job/shop/postsync',
    ])
  })
})

it('runs a hook of several phases once in each (HOOK-01)', () => {
  const both: Hook = { ...hook('PreSync'), phases: ['PreSync', 'PostSync'] }
  expect(shown(stepsOf([config], [both], {}))).toEqual([
    'PreSync 0 batch/Job/shop/presync',
    'Sync 0 /ConfigMap/shop/config',
    'PostSync 0 batch/Job/shop/presync',
  ])
})
