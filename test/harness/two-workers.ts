import { afterAll, beforeAll } from 'vitest'
import { createScratchRepository, type ScratchRepository } from './git.ts'
import { type LeaseHolder, leaseHolder } from './lease-holder.ts'
import { deployMany } from './many-objects.ts'
import { type SecondWorker, startSecondWorker } from './second-worker.ts'
import { type Stack, startStack } from './stack.ts'

/** A stack with two workers for its one cluster. */
export type TwoWorkers = {
  readonly stack: Stack
  readonly second: SecondWorker
  readonly holder: LeaseHolder
  /** The pid of the worker that the stack supervises. */
  stackWorker(): number | undefined
  /** Deploys 60 objects; `half` runs when the API server is asked to store the one in the middle. */
  deploy(name: string, half: () => void): ReturnType<typeof deployMany>
}

/** Has them from the first to the last test of a file; the stack's own worker is the holder at first. */
export function useTwoWorkers(repositoryName: string): TwoWorkers {
  let stack: Stack
  let repository: ScratchRepository
  let second: SecondWorker
  let holder: LeaseHolder
  beforeAll(async () => {
    stack = await startStack()
    repository = await createScratchRepository(repositoryName)
    holder = await leaseHolder(stack)
    second = await startSecondWorker(stack)
  })
  afterAll(async () => {
    await second.stop()
    await repository.close()
    await stack.stop()
  })
  return {
    get stack() {
      return stack
    },
    get second() {
      return second
    },
    get holder() {
      return holder
    },
    stackWorker: () => stack.endpoints.pids.worker,
    deploy: (name, half) =>
      deployMany(stack, repository, { name, objects: 60, at: 30, interrupt: half }),
  }
}
