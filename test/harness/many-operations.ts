import { expect } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  hasEnded,
  whenApplicationAtLast,
} from './application.ts'
import { allCreations } from './audit.ts'
import { eventually } from './eventually.ts'
import type { ScratchRepository } from './git.ts'
import { createNamespace } from './kube.ts'
import { slowDeployment } from './slow-deployment.ts'
import type { Stack } from './stack.ts'

// what was lost has to be noticed, and many share two processors
const patienceMs = 200_000

/** Operations that run at the same time. */
export type ManyOperations = {
  /** Every one has succeeded, and what it deploys was created once. */
  expectAllEnded(): Promise<void>
}

/**
 * Begins so many operations, each of which creates a ConfigMap and waits seconds for a Deployment;
 * settles when the last of them has begun to write.
 */
export async function beginMany(
  { kube, dir }: Stack,
  repository: ScratchRepository,
  prefix: string,
  count: number,
): Promise<ManyOperations> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
  const files = names.flatMap((name) => [
    [`${name}/config.yaml`, configMap('config', 'x')],
    [`${name}/web.yaml`, slowDeployment('web', '4s')],
  ])
  const head = await repository.push(Object.fromEntries(files))
  for (const name of names) {
    await createNamespace(kube, name)
    const declared = { name, repoURL: repository.url, namespace: name, path: name }
    await kube.request('POST', applicationsPath, applicationManifest(declared))
  }
  const last = `/api/v1/namespaces/${names.at(-1)}/configmaps/config`
  await eventually(
    () => kube.try('GET', last),
    ({ status }) => status === 200,
    patienceMs,
  )
  return {
    async expectAllEnded() {
      for (const name of names) {
        const live = await whenApplicationAtLast(kube, name, hasEnded(head), patienceMs)
        expect(live?.status?.operationState?.phase).toBe('Succeeded')
      }
      const created = allCreations(dir)
      const objects = names.flatMap((name) => [
        `configmaps ${name}/config`,
        `deployments ${name}/web`,
      ])
      // of one whose answer was lost the log may not say that it was created
      expect(objects.filter((object) => (created.get(object) ?? 0) > 1)).toEqual([])
      expect(objects.some((object) => created.has(object))).toBe(true)
    },
  }
}
