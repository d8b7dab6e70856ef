import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  refreshed,
  whenApplication,
} from '../../harness/application.ts'
import { auditedWrites } from '../../harness/audit.ts'
import { eventually } from '../../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { createNamespace, type KubeObject } from '../../harness/kube.ts'
import { maySmallDisk, mountSmallDisk, type SmallDisk } from '../../harness/small-disk.ts'
import { type Stack, startStack } from '../../harness/stack.ts'

const [name, neighbour] = ['disk-full', 'disk-neighbour']
let disk: SmallDisk
let stack: Stack
let repository: ScratchRepository
let other: ScratchRepository

// who may mount nothing has no disk that could be filled
describe.skipIf(!maySmallDisk)('R12: the disk of the worker is full', () => {
  beforeAll(async () => {
    stack = await startStack({ env: { DRIFTLESS_POLL_SECONDS: '5' } })
    disk = mountSmallDisk(join(stack.dir, 'driftless'), 24)
    // what they had on the disk is not there any more
    for (const part of ['api', 'events', 'worker']) stack.kill(part)
    repository = await createScratchRepository(name)
    other = await createScratchRepository(neighbour)
    const head = await repository.push({ 'config.yaml': configMap('config', 'old') })
    const otherHead = await other.push({ 'config.yaml': configMap('config', 'kept') })
    await create(name, repository)
    await create(neighbour, other)
    await whenApplication(stack.kube, name, isDeployed(head), 60_000)
    await whenApplication(stack.kube, neighbour, isDeployed(otherHead))
  })

  afterAll(async () => {
    await repository.close()
    await other.close()
    disk.remove()
    await stack.stop()
  })

  it('an Application that has to be read anew says so, and stays as it was', async () => {
    disk.fill()
    await repository.push({ 'config.yaml': configMap('config', 'new') })
    const { status } = await refreshed(stack.kube, name)
    const messages = status?.conditions?.map(({ message }) => message).join()
    expect(messages).toMatch(/no space left/i)
    expect(await value(name)).toBe('old')
    expect(auditedWrites(stack.dir, name).filter(({ verb }) => verb === 'delete')).toEqual([])
  })

  it('one that has not changed is healed when it drifts', async () => {
    const path = `/api/v1/namespaces/${neighbour}/configmaps/config`
    await stack.kube.patch(path, { data: { value: 'by hand' } })
    await eventually(
      () => value(neighbour),
      (now) => now === 'kept',
    )
  })

  it('and has room again: a worker that started meanwhile deploys what was pushed, and heals', async () => {
    const path = `/api/v1/namespaces/${neighbour}/configmaps/config`
    const before = stack.endpoints.pids.worker
    stack.kill('worker')
    await stack.kube.patch(path, { data: { value: 'by hand' } })
    await eventually(
      () => stack.endpoints.pids.worker,
      (pid) => pid !== undefined && pid !== before,
    )
    disk.empty()
    await eventually(
      () => value(neighbour),
      (now) => now === 'kept',
      60_000,
    )
    await whenApplication(stack.kube, name, isDeployed(await repository.head()), 60_000)
    expect(await value(name)).toBe('new')
  })
})

async function create(application: string, { url }: ScratchRepository): Promise<void> {
  await createNamespace(stack.kube, application)
  const declared = { name: application, repoURL: url, namespace: application }
  await stack.kube.request('POST', applicationsPath, applicationManifest(declared))
}

async function value(application: string): Promise<string> {
  const path = `/api/v1/namespaces/${application}/configmaps/config`
  type Config = KubeObject & { readonly data: { readonly value: string } }
  return (await stack.kube.request<Config>('GET', path)).data.value
}
