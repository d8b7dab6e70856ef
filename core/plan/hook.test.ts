import { expect, it, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { deletePoliciesOf, hookName } from './hook.ts'

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

test.each([
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
