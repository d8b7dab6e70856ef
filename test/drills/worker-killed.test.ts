import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
} from '../harness/application.ts'
import { auditedWrites, creationsIn } from '../harness/audit.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { hookJob } from '../harness/hook.ts'
import { deployMany } from '../harness/many-objects.ts'
import { whenGone, whenThere } from '../harness/presence.ts'
import { type Stack, startStack } from '../harness/stack.ts'

let stack: Stack
let repository: ScratchRepository

const namespaceFor = async (name: string) => {
  await stack.kube.request('POST', '/api/v1/namespaces', { metadata: { name } })
  return name
}
const create = (name: string) =>
  stack.kube.request(
    'POST',
    applicationsPath,
    applicationManifest({ name, repoURL: repository.url, namespace: name, path: name }),
  )

beforeAll(async () => {
  stack = await startStack()
  repository = await createScratchRepository('drill')
})

afterAll(async () => {
  await repository.close()
  await stack.stop()
})

describe('R1: the worker is killed', () => {
  it('at object 50 of 100: every object is live in the end, and was created exactly once', async () => {
    const { whenEnded, expectEachOnce } = await deployMany(stack, repository, {
      ...{ name: 'drill-apply', objects: 100, at: 50 },
      interrupt: () => stack.kill('worker'),
    })
    expect(await whenEnded()).toBe('Succeeded')
    await expectEachOnce()
  })

  it('in the middle of a hook: the hook runs once and the sync succeeds', async () => {
    const name = await namespaceFor('drill-hook')
    const head = await repository.push({
      [`${name}/job.yaml`]: hookJob('migrate', 'PreSync', { runtime: '5s' }),
      [`${name}/config.yaml`]: configMap('migrated', 'x'),
    })
    await create(name)
    await eventually(
      () => stack.kube.try('GET', `/apis/batch/v1/namespaces/${name}/jobs/migrate`),
      ({ status }) => status === 200,
    )
    stack.kill('worker')
    const { status } = await whenApplication(stack.kube, name, isDeployed(head))
    expect(status?.operationState?.syncResult.resources[0]).toMatchObject({
      name: 'migrate',
      hookPhase: 'Succeeded',
    })
    expect(creationsIn(stack.dir, name, 'jobs')).toEqual(['migrate'])
  })

  it('in the middle of a deletion whose manifests the cache lost: each of its hooks runs once (HOOK-14)', async () => {
    const name = await namespaceFor('drill-deletion')
    const head = await repository.push({
      [`${name}/backup.yaml`]: hookJob('backup', 'PreDelete', { runtime: '5s' }),
      [`${name}/config.yaml`]: configMap('guarded', 'x'),
      [`${name}/report.yaml`]: hookJob('report', 'PostDelete'),
    })
    await create(name)
    await whenApplication(stack.kube, name, isDeployed(head))
    rmSync(join(stack.dir, 'driftless', 'artifacts'), { recursive: true })
    stack.kill('worker')
    await stack.kube.request('DELETE', `${applicationsPath}/${name}`)
    await whenThere(stack.kube, `/apis/batch/v1/namespaces/${name}/jobs/backup`)
    stack.kill('worker')
    await whenGone(stack.kube, `${applicationsPath}/${name}`)
    expect(creationsIn(stack.dir, name, 'jobs')).toEqual(['backup', 'report'])
  })

  it('while it waits for health: nothing is applied again', async () => {
    const name = await namespaceFor('drill-health')
    const head = await repository.push({
      [`${name}/web.yaml`]: `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}, annotations: {driftless.dev/simulate-delay: 8s}}\n    spec: {containers: [{name: c, image: "web:1"}]}\n`,
    })
    await create(name)
    await whenApplication(
      stack.kube,
      name,
      ({ operationState }) => operationState?.phase === 'Running',
    )
    stack.kill('worker')
    const { status } = await whenApplication(stack.kube, name, isDeployed(head))
    expect(status?.operationState?.phase).toBe('Succeeded')
    const patches = auditedWrites(stack.dir, name).filter(
      ({ resource, verb }) => resource === 'deployments' && verb === 'patch',
    )
    expect(patches).toHaveLength(1)
  })
  it('what drifts or falls ill while no worker runs is noticed by the next one', async () => {
    const name = await namespaceFor('drill-meanwhile')
    const head = await repository.push({
      [`${name}/config.yaml`]: configMap('config', 'declared'),
      [`${name}/pod.yaml`]:
        'apiVersion: v1\nkind: Pod\nmetadata: {name: lonely}\nspec: {containers: [{name: c, image: "web:1"}]}\n',
    })
    await create(name)
    await whenApplication(stack.kube, name, isDeployed(head))
    const objects = `/api/v1/namespaces/${name}`
    const before = stack.endpoints.pids.worker
    stack.kill('worker')
    await stack.kube.patch(`${objects}/configmaps/config`, { data: { value: 'by hand' } })
    await stack.kube.patch(`${objects}/pods/lonely/status`, { status: { phase: 'Failed' } })
    await whenApplication(stack.kube, name, ({ health }) => health?.status === 'Degraded')
    expect(stack.endpoints.pids.worker).not.toBe(before)
    const { data } = await eventually(
      () => stack.kube.request('GET', `${objects}/configmaps/config`),
      (config) => (config.data as { value: string }).value === 'declared',
    )
    expect(data).toEqual({ value: 'declared' })
  })
})
