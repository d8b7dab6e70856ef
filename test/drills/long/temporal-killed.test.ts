import { afterAll, beforeAll, describe, it } from 'vitest'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { beginMany } from '../../harness/many-operations.ts'
import { keepDown } from '../../harness/outage.ts'
import { type Stack, startStack } from '../../harness/stack.ts'

let stack: Stack
let repository: ScratchRepository

beforeAll(async () => {
  stack = await startStack()
  repository = await createScratchRepository('temporal')
})

afterAll(async () => {
  await repository.close()
  await stack.stop()
})

describe('R3: Temporal is killed while 100 operations run', () => {
  it.each([3, 30])(
    'and is away for %i s: every operation ends, and nothing is created twice',
    async (seconds) => {
      const operations = await beginMany(stack, repository, `drill-temporal-${seconds}`, 100)
      await keepDown(stack, 'temporal', seconds * 1000)
      await operations.expectAllEnded()
    },
  )
})
