import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { deployMany } from '../../harness/many-objects.ts'
import { type Stack, startStack } from '../../harness/stack.ts'

let stack: Stack
let repository: ScratchRepository

beforeAll(async () => {
  stack = await startStack()
  repository = await createScratchRepository('killed-at')
})

afterAll(async () => {
  await repository.close()
  await stack.stop()
})

describe('R1: the worker is killed', () => {
  it.each([10, 90])(
    'at object %i of 100: every object is live in the end, and was created exactly once',
    async (at) => {
      const { whenEnded, expectEachOnce } = await deployMany(stack, repository, {
        ...{ name: `drill-apply-${at}`, objects: 100, at },
        interrupt: () => stack.kill('worker'),
      })
      expect(await whenEnded()).toBe('Succeeded')
      await expectEachOnce()
    },
  )
})
