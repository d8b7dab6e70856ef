import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, inject, it } from 'vitest'
import type { ResourceKey } from '../../core/manifest/key.ts'
import {
  changedKey,
  decision,
  type Scripted,
  scriptedApplication,
  syncPlan,
} from '../fixtures/scripted-activities.ts'
import { eventually } from '../harness/eventually.ts'
import { openApplication } from './application-run.ts'

const temporal = inject('temporal')
const soon = { limit: 5, durationMs: 10, factor: 1, maxMs: 10 }

/** Everything is applied by the first attempt, which never hears of it. */
function cutOff(more: Scripted = {}) {
  const plannings: unknown[] = []
  const waitedFor: (readonly ResourceKey[])[] = []
  let syncs = 0
  const scripted = scriptedApplication({
    plan: async ({ continued, heal, retry }) => {
      plannings.push({ continued, heal, retry })
      return continued ? { ...syncPlan, steps: [] } : syncPlan
    },
    sync: async ({ step }) => {
      if (++syncs === 1) {
        const message = 'the API server does not answer'
        throw ApplicationFailure.create({ type: 'NetworkError', message, nonRetryable: true })
      }
      return { resources: step.changes.map(({ key }) => ({ key, status: 'Synced' })) }
    },
    health: async ({ changed }) => {
      waitedFor.push(changed)
      return { outcome: 'settled', status: 'Healthy', resources: [] }
    },
    ...more,
  })
  return { ...scripted, plannings, waitedFor }
}

describe('an attempt that was cut off after it had applied everything (SYNC-26)', () => {
  it('is gone on with by the next one, which waits for all of it and ends as a deployment', async () => {
    const { activities, reports, plannings, waitedFor } = cutOff({
      decide: async () => ({ ...decision, retry: soon }),
    })
    const run = await openApplication(temporal, activities)
    await run.wake('push')
    await run.result()
    expect(plannings).toEqual([
      { continued: false, heal: false, retry: false },
      { continued: true, heal: false, retry: true },
    ])
    expect(waitedFor).toEqual([[changedKey]])
    expect(reports.map(({ operation }) => [operation?.phase, operation?.heal])).toEqual([
      ['Error', false],
      ['Succeeded', false],
    ])
  })

  it('is gone on with by whatever drift wakes before: it deploys still, and is no self-heal', async () => {
    const { activities, reports, plannings } = cutOff({
      decide: async ({ wakes }) => ({ ...decision, trigger: wakes.at(-1)?.reason ?? 'push' }),
    })
    const run = await openApplication(temporal, activities)
    await run.wake('push')
    await eventually(
      () => reports.length,
      (count) => count > 0,
    )
    await run.wake('drift')
    await run.result()
    expect(plannings.at(-1)).toEqual({ continued: true, heal: false, retry: false })
    expect(reports.at(-1)?.operation).toMatchObject({ phase: 'Succeeded', heal: false })
  })

  it('is not gone on with when something else is to be deployed by then', async () => {
    let fetches = 0
    const { activities, plannings } = cutOff({
      decide: async () => ({ ...decision, retry: soon }),
      fetch: async () => {
        const revision = `r${++fetches}`
        return { revision, inputs: `inputs of ${revision}`, subject: '', author: '' }
      },
    })
    const run = await openApplication(temporal, activities)
    await run.wake('push')
    await run.result()
    expect(plannings.at(-1)).toMatchObject({ continued: false })
  })
})
