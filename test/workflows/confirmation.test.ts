import { describe, expect, inject, it } from 'vitest'
import type { SyncPlan } from '../../core/flow.ts'
import { changedKey, scriptedApplication, syncPlan } from '../fixtures/scripted-activities.ts'
import { eventually } from '../harness/eventually.ts'
import { openApplication } from './application-run.ts'

const temporal = inject('temporal')
const toConfirm: SyncPlan = {
  ...syncPlan,
  steps: [{ wave: 0, changes: [{ key: changedKey, action: 'prune', confirm: true }] }],
}

describe('a wave that is to be confirmed', () => {
  it('begins when a person confirms it, in the same run and with the same start (OPT-02)', async () => {
    let isApproved = false
    const asked: number[] = []
    const { activities, reports } = scriptedApplication({
      plan: async () => toConfirm,
      confirmed: async ({ since }) => {
        asked.push(since)
        return isApproved
      },
    })
    const run = await openApplication(temporal, activities)
    await run.wake('push')
    await eventually(
      () => reports.at(-1)?.operation?.message ?? '',
      (message) => message.includes('waiting for pruning confirmation of Deployment shop/web'),
    )
    isApproved = true
    await run.wake('confirm')
    await run.result()
    const end = reports.at(-1)?.operation
    expect(end?.phase).toBe('Succeeded')
    expect(asked).toEqual([end?.startedAt, end?.startedAt])
    expect(await run.inputs()).toHaveLength(1)
  })
})
