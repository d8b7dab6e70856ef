import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import type { KubeObject } from '../harness/kube.ts'
import { type Stack, startStack } from '../harness/stack.ts'

const namespace = 'drill-worker'
const objects = 100
let stack: Stack
let repository: ScratchRepository

beforeAll(async () => {
  stack = await startStack()
  repository = await createScratchRepository('drill')
  await stack.kube.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
})

afterAll(async () => {
  await repository.close()
  await stack.stop()
})

const configMaps = async () =>
  (
    await stack.kube.request<{ items: readonly KubeObject[] }>(
      'GET',
      `/api/v1/namespaces/${namespace}/configmaps?labelSelector=driftless.dev/application`,
    )
  ).items

/** Names of the objects that the API server created, from its own audit log. */
function creations(): readonly string[] {
  const lines = readFileSync(join(stack.dir, 'logs', 'audit.log'), 'utf8')
    .trim()
    .split('\n')
  return lines.flatMap((line) => {
    const entry = JSON.parse(line) as {
      readonly responseStatus?: { readonly code?: number }
      readonly objectRef?: {
        readonly resource?: string
        readonly namespace?: string
        readonly name?: string
      }
    }
    const { resource, namespace: place, name = '' } = entry.objectRef ?? {}
    const isOurs = resource === 'configmaps' && place === namespace && name.startsWith('object-')
    return isOurs && entry.responseStatus?.code === 201 ? [name] : []
  })
}

describe('R1: the worker is killed in the middle of a sync', () => {
  it('ends with every object live, each created exactly once', async () => {
    const files = Object.fromEntries(
      Array.from({ length: objects }, (_, index) => [
        `${index}.yaml`,
        configMap(`object-${index}`, 'x'),
      ]),
    )
    const head = await repository.push(files)
    await stack.kube.request(
      'POST',
      applicationsPath,
      applicationManifest({ name: 'drill', repoURL: repository.url, namespace }),
    )
    const before = await eventually(configMaps, (live) => live.length >= 5)
    stack.kill('worker')
    expect(before.length).toBeLessThan(objects)
    await whenApplication(stack.kube, 'drill', isDeployed(head))
    expect(await configMaps()).toHaveLength(objects)
    expect([...creations()].sort()).toEqual([...new Set(creations())].sort())
    expect(creations()).toHaveLength(objects)
  })
})
