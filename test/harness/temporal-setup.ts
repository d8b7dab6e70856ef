import type { TestProject } from 'vitest/node'
import { startTemporal } from './temporal.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the Temporal that the tests of workflows share. */
    readonly temporal: string
  }
}

/** Starts one Temporal for all tests of workflows. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { address, stop } = await startTemporal()
  project.provide('temporal', address)
  return stop
}
