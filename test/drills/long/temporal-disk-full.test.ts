import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
} from '../../harness/application.ts'
import { creationsIn } from '../../harness/audit.ts'
import { eventually } from '../../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { createNamespace } from '../../harness/kube.ts'
import { slowDeployment } from '../../harness/slow-deployment.ts'
import { maySmallDisk, mountSmallDisk, type SmallDisk } from '../../harness/small-disk.ts'
import { type Stack, startStack } from '../../harness/stack.ts'
import { pushWebhook } from '../../harness/webhook.ts'
import { logsOf } from '../../harness/written.ts'

const name = 'drill-temporal-disk'
const patienceMs = 120_000
const dir = mkdtempSync(join(tmpdir(), 'driftless-temporal-disk-'))
const small = mkdtempSync(join(tmpdir(), 'driftless-small-disk-'))
let disk: SmallDisk
let stack: Stack
let repository: ScratchRepository

// who may mount nothing has no disk that could be filled
describe.skipIf(!maySmallDisk)("R12: the disk of Temporal's database is full", () => {
  beforeAll(async () => {
    disk = mountSmallDisk(small, 64)
    // only a folder of its own is taken
    await (await startStack({ dir, driftless: false })).stop()
    for (const end of ['', '-wal', '-shm']) rmSync(join(dir, `temporal.db${end}`), { force: true })
    // SQLite follows the link, and keeps its journal beside the file
    symlinkSync(join(small, 'temporal.db'), join(dir, 'temporal.db'))
    stack = await startStack({ dir })
    repository = await createScratchRepository(name)
    await createNamespace(stack.kube, name)
  })

  afterAll(async () => {
    await repository.close()
    await stack.stop()
    disk.remove()
    for (const folder of [dir, small]) rmSync(folder, { recursive: true, force: true })
  })

  it('in the middle of an operation: nothing is lost of it or of what is pushed meanwhile, and why is told', async () => {
    const head = await repository.push({
      'a.yaml': slowDeployment('a', '3s', 0),
      'b.yaml': configMap('b', 'first'),
    })
    const declared = { name, repoURL: repository.url, namespace: name }
    await stack.kube.request('POST', applicationsPath, applicationManifest(declared))
    await eventually(
      () => creationsIn(stack.dir, name, 'deployments'),
      (created) => created.includes('a'),
    )
    disk.fill()
    const next = await repository.push({ 'b.yaml': configMap('b', 'second') })
    const { status } = await pushWebhook(stack.endpoints.api, await repository.lastPush())
    // Kafka has a disk of its own
    expect(status).toBe(200)
    await eventually(
      () => logsOf(stack.dir).filter(({ text }) => /Temporal did not take the message/.test(text)),
      (told) => told.length > 0,
      patienceMs,
    )
    disk.empty()
    const live = await whenApplication(stack.kube, name, isDeployed(next), patienceMs)
    expect(live.status?.operationState?.phase).toBe('Succeeded')
    expect(creationsIn(stack.dir, name, 'deployments')).toEqual(['a'])
    expect(head).not.toBe(next)
  })
})
