import { describe, expect, it } from 'vitest'
import type { Health } from '../health/health.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { deletePoliciesOf, hookName, hookPhase, isDeletedAfter } from './hook.ts'

const job: Manifest = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { generateName: 'migrate-' },
}
const run = { startedAt: 1_000_000, phase: 'PreSync' } as const

it.each([
  ['3f2a1c9d0b', 'migrate-3f2a1c9-presync-1000'],
  ['10.100.5', 'migrate-10-100--presync-1000'],
  ['1.0.0+A', 'migrate-1-0-0-a-presync-1000'],
])(
  'a hook with generateName gets a name that is valid for the revision %s (HOOK-05)',
  (revision, name) => {
    expect(hookName(job, { ...run, revision })).toBe(name)
  },
)

it.each([
  [{}, ['BeforeHookCreation']],
  [
    { 'helm.sh/hook-delete-policy': 'hook-succeeded, hook-failed' },
    ['HookSucceeded', 'HookFailed'],
  ],
  [{ 'helm.sh/hook-delete-policy': 'before-hook-creation' }, ['BeforeHookCreation']],
  [
    {
      'helm.sh/hook-delete-policy': 'hook-failed',
      'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded',
    },
    ['HookSucceeded'],
  ],
])('a hook with %j is deleted by %j (HOOK-06, HELM-18)', (annotations, policies) => {
  expect(deletePoliciesOf({ ...job, metadata: { name: 'a', annotations } })).toEqual(policies)
})

it('a hook of a kind without health has succeeded when it is created (HOOK-02)', () => {
  expect(hookPhase(undefined)).toBe('Succeeded')
})

it.each([
  ['Healthy', 'Succeeded'],
  ['Degraded', 'Failed'],
  ['Unknown', 'Failed'],
  ['Progressing', 'Running'],
  ['Suspended', 'Running'],
] as const)('a hook that is %s has %s (HOOK-03)', (status, phase) => {
  expect(hookPhase({ status } as Health)).toBe(phase)
})

const withPolicy = (policy: string | undefined): Manifest => ({
  ...job,
  metadata: {
    ...job.metadata,
    annotations: policy === undefined ? {} : { 'argocd.argoproj.io/hook-delete-policy': policy },
  },
})

it.each([
  [undefined, ['BeforeHookCreation']],
  ['HookSucceeded', ['HookSucceeded']],
  ['HookFailed, HookSucceeded', ['HookFailed', 'HookSucceeded']],
  ['Whatever', ['BeforeHookCreation']],
])('the delete policy %s means %j (HOOK-06)', (policy, expected) => {
  expect(deletePoliciesOf(withPolicy(policy))).toEqual(expected)
})

describe('when the operation is over', () => {
  const healthy: Health = { status: 'Healthy', message: '' }
  const degraded: Health = { status: 'Degraded', message: '' }

  it('deletes hooks with HookSucceeded only if all of it succeeded (HOOK-07)', () => {
    const hook = withPolicy('HookSucceeded')
    expect(isDeletedAfter(hook, 'succeeded', healthy)).toBe(true)
    expect(isDeletedAfter(hook, 'failed', healthy)).toBe(false)
  })

  it('deletes hooks with HookFailed if it failed, also those that went well (HOOK-08)', () => {
    const hook = withPolicy('HookFailed')
    expect(isDeletedAfter(hook, 'failed', healthy)).toBe(true)
    expect(isDeletedAfter(hook, 'failed', degraded)).toBe(true)
    expect(isDeletedAfter(hook, 'succeeded', healthy)).toBe(false)
  })

  it('leaves the others until they run again, but for those that are cut off (HOOK-09, SYNC-25)', () => {
    const hook = withPolicy(undefined)
    expect(isDeletedAfter(hook, 'succeeded', healthy)).toBe(false)
    expect(isDeletedAfter(hook, 'failed', degraded)).toBe(false)
    const running: Health = { status: 'Progressing', message: '' }
    expect(isDeletedAfter(hook, 'terminated', running)).toBe(true)
    expect(isDeletedAfter(hook, 'terminated', degraded)).toBe(false)
  })
})
