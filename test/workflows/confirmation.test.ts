import { describe, expect, inject, it } from 'vitest'
import type { SyncPlan } from '../../core/flow.ts'
import {
  changedKey,
  decision,
  scriptedApplication,
  syncPlan,
} from '../fixtures/scripted-activities.ts'
import { eventually } from '../harness/eventually.ts'
import { openApplication } from './application-run.ts'

const temporal = inject('temporal')
const toConfirm: SyncPlan = {
  ...syncPlan,
  steps: [{ wave: 0, changes: [{ key: changedKey, action: 'prune', confirm: true }] }],
}

describe('a wave that is to be confirmed', () => {
  // a wake that was on its way meanwhile gives its own reason
  it.each(['confirm', 'spec'] as const)(
    'begins when a person confirms it, told of by %s, in the same run and with the same start (OPT-02)',
    async (reason) => {
      let isApproved = false
      const asked: number[] = []
      const { activities, reports } = scriptedApplication({
        decide: async () => ({ ...decision, supersede: 'finish' }),
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
      await run.wake(reason)
      await run.result()
      const [waiting, end] = reports.map(({ operation }) => operation)
      expect(waiting?.phase).toBe('Running')
      expect(end).toMatchObject({ phase: 'Succeeded', startedAt: waiting?.startedAt })
      expect(asked.slice(0, 2)).toEqual([waiting?.startedAt, waiting?.startedAt])
    },
  )
})
