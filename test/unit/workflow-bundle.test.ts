import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode } from '@temporalio/worker'
import { expect, it } from 'vitest'

const quiet = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

it('the workflow bundle builds, and holds neither activities nor zod', async () => {
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url))
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: quiet })
  expect(code).toContain('compareAndSync')
  expect(code).not.toContain('createActivities')
  expect(code).not.toContain('ZodObject')
}, 60_000)
