import { ApplicationFailure } from '@temporalio/common'
import { expect, inject, it } from 'vitest'
import { decision, scriptedApplication } from '../fixtures/scripted-activities.ts'
import { openApplication } from './application-run.ts'

it('puts Git back after an automatic rollback that succeeded, and says why when it cannot', async () => {
  const { activities, reports } = scriptedApplication({
    decide: async () => ({ ...decision, revert: true }),
    revert: async () => {
      throw ApplicationFailure.create({
        type: 'InvalidSpecError',
        message: 'no',
        nonRetryable: true,
      })
    },
  })
  const run = await openApplication(inject('temporal'), activities)
  await run.wake('operation')
  await run.result()
  expect(reports.map(({ operation, reverted }) => [operation?.phase, reverted])).toEqual([
    ['Succeeded', undefined],
    [undefined, { commits: [], givenUp: 'no' }],
  ])
})
