import { judgeConfigMaps } from './admission-webhook.ts'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplicationAtLast,
} from './application.ts'
import { expectEachOnce } from './each-once.ts'
import type { ScratchRepository } from './git.ts'
import { createNamespace } from './kube.ts'
import type { Stack } from './stack.ts'

/** A sync of so many objects, and what a drill does in the middle of it. */
export type ManyObjects = {
  /** Of the Application, its folder and its namespace. */
  readonly name: string
  readonly objects: number
  /** The object by number at which `interrupt` runs. */
  readonly at: number
  readonly interrupt: () => void
}

/** A sync that was begun. */
export type BegunSync = {
  /** The phase of the operation, once everything is deployed. */
  whenEnded(): Promise<string | undefined>
  /** Every object is live and none was created twice. */
  expectEachOnce(): Promise<void>
}

/**
 * Deploys the objects as an Application of its own. The API server asks here before it stores an
 * object, so the moment of the interruption is certain: the write is in flight.
 */
export async function deployMany(
  stack: Stack,
  repository: ScratchRepository,
  { name, objects, at, interrupt }: ManyObjects,
): Promise<BegunSync> {
  const { kube, endpoints } = stack
  await createNamespace(kube, name)
  let asked = 0
  const webhook = await judgeConfigMaps(kube, endpoints.kubeconfig, name, async (object) => {
    if (object.startsWith('object-') && ++asked === at) interrupt()
    return undefined
  })
  const files = Array.from({ length: objects }, (_, index) => [
    `${name}/${index}.yaml`,
    configMap(`object-${index}`, 'x'),
  ])
  const head = await repository.push(Object.fromEntries(files))
  const declared = { name, repoURL: repository.url, namespace: name, path: name }
  await kube.request('POST', applicationsPath, applicationManifest(declared))
  return {
    async whenEnded() {
      const live = await whenApplicationAtLast(kube, name, isDeployed(head))
      await webhook.close()
      if (asked < at) throw new Error(`only ${asked} of ${objects} objects were asked for`)
      return live?.status?.operationState?.phase
    },
    expectEachOnce: () => expectEachOnce(stack, name, objects),
  }
}
