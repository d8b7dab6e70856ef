import type { TestProject } from 'vitest/node'
import type { Endpoints } from '../../deploy/local/endpoints.ts'
import { startStack } from './stack.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses of the one stack that the tests of a project share. */
    readonly endpoints: Endpoints
    /** Its folder, with the logs. */
    readonly stackDir: string
  }
}

/** Starts one stack for all tests of the project. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = await startStack({ env: { DRIFTLESS_APPLICATION_NAMESPACES: 'e2e-team-*' } })
  project.provide('endpoints', stack.endpoints)
  project.provide('stackDir', stack.dir)
  return () => stack.stop()
}
