import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  isOutOfSync,
  whenApplication,
} from '../../harness/application.ts'
import { auditedWrites } from '../../harness/audit.ts'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { createNamespace } from '../../harness/kube.ts'
import { beginMany } from '../../harness/many-operations.ts'
import { type Stack, startStack } from '../../harness/stack.ts'
import { pushWebhook } from '../../harness/webhook.ts'

const ours = ['api', 'events', 'worker']
const minuteMs = 60_000
const hourMs = 60 * minuteMs
let stack: Stack
let repository: ScratchRepository

beforeAll(async () => {
  const preload = pathToFileURL(join(import.meta.dirname, '../../harness/shifted-clock.mjs')).href
  stack = await startStack({ env: { NODE_OPTIONS: `--import ${preload}` } })
  repository = await createScratchRepository('clock')
})

afterAll(async () => {
  await repository.close()
  await stack.stop()
})

/** +1 h at first, then -1 h, then the time of the machine; see shifted-clock.mjs. */
const jump = () => {
  for (const part of ours) process.kill(stack.endpoints.pids[part] ?? 0, 'SIGUSR2')
}
/** A window that begins at this time and lasts half an hour. */
const denyAt = (at: number) => {
  const date = new Date(at)
  const schedule = `${date.getUTCMinutes()} ${date.getUTCHours()} * * *`
  return { kind: 'deny', schedule, duration: '30m', applications: ['clock-window'] }
}
const statusWrites = () =>
  auditedWrites(stack.dir, 'argocd').filter(({ resource }) => resource === 'applications').length
const push = async (name: string, value: string) => {
  const head = await repository.push({ [`${name}/config.yaml`]: configMap('config', value) })
  await pushWebhook(stack.endpoints.api, await repository.lastPush())
  return head
}

describe('R15: the clock of our processes', () => {
  const name = 'clock-window'

  it('jumps an hour on while 20 operations run: all end well, and a window of that hour holds', async () => {
    const project = '/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects'
    await stack.kube.request('POST', project, {
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'clock' } },
      spec: {
        ...{ sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] },
        syncWindows: [denyAt(Date.now() + hourMs - 10 * minuteMs)],
      },
    })
    await createNamespace(stack.kube, name)
    const first = await push(name, '1')
    const declared = { name, repoURL: repository.url, namespace: name, path: name }
    await stack.kube.request(
      'POST',
      applicationsPath,
      applicationManifest({ ...declared, spec: { project: 'clock' } }),
    )
    await whenApplication(stack.kube, name, isDeployed(first))
    const operations = await beginMany(stack, repository, 'clock-on', 20)
    jump()
    await operations.expectAllEnded()
    await push(name, '2')
    await whenApplication(stack.kube, name, isOutOfSync)
  })

  it('jumps back by two hours while 20 operations run: all end well, and the window holds nothing up', async () => {
    const operations = await beginMany(stack, repository, 'clock-back', 20)
    jump()
    await operations.expectAllEnded()
    const head = await push(name, '3')
    await whenApplication(stack.kube, name, isDeployed(head))
  })

  it('is right again: nothing is begun because of that', async () => {
    const before = statusWrites()
    jump()
    const head = await push(name, '4')
    await whenApplication(stack.kube, name, isDeployed(head))
    // those of the one that was pushed
    expect(statusWrites() - before).toBeLessThan(10)
  })
})
