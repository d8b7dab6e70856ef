import { expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { hookName } from './hook.ts'

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
