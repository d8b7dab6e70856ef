import { expect } from 'vitest'
import { auditedWrites, creationsIn } from './audit.ts'
import type { KubeObject } from './kube.ts'
import type { Stack } from './stack.ts'

/**
 * So many ConfigMaps `object-…` are live in the namespace, and by the audit log none was created
 * twice or deleted in between.
 */
export async function expectEachOnce(stack: Stack, namespace: string, count: number) {
  const path = `/api/v1/namespaces/${namespace}/configmaps`
  const { items } = await stack.kube.request<{ items: readonly KubeObject[] }>('GET', path)
  const ours = (names: readonly string[]) => names.filter((one) => one.startsWith('object-'))
  expect(ours(items.map(({ metadata }) => metadata.name))).toHaveLength(count)
  // of one whose asker died before the answer the log may not say that it was created
  const created = ours(creationsIn(stack.dir, namespace, 'configmaps'))
  expect([...created].sort()).toEqual([...new Set(created)].sort())
  const deleted = auditedWrites(stack.dir, namespace).filter(({ verb }) => verb === 'delete')
  expect(deleted).toEqual([])
}
