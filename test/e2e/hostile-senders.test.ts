import { randomUUID } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createKafkaBus } from '../../clients/bus.ts'
import { topics } from '../../core/event/topics.ts'
import { applicationWorkflow, wakeSignal } from '../../workflows/contract.ts'
import {
  applicationsPath,
  configMap,
  isOutOfSync,
  isSynced,
  whenApplication,
} from '../harness/application.ts'
import { auditedWrites } from '../harness/audit.ts'
import { eventually } from '../harness/eventually.ts'
import { type HostileScene, openHostileScene } from './hostile-scene.ts'

/** Who speaks for another part, and what comes all at once. */
const namespace = 'e2e-hostile-senders'
const endpoints = inject('endpoints')
const secrets = '/api/v1/namespaces/argocd/secrets'
let scene: HostileScene

beforeAll(async () => {
  scene = await openHostileScene(namespace)
  await scene.push({ 'a/a.yaml': configMap('forged', 'x'), 'b/b.yaml': configMap('plain', 'x') })
})
afterAll(() => scene.close())

const source = () => ({ repoURL: scene.repository.url, path: 'a', targetRevision: 'HEAD' })

describe('H15: a message that somebody else wrote (trust between components)', () => {
  it('of Temporal or Kafka causes a look, and neither a sync nor a deletion', async () => {
    // by hand: only a request that stands in the Application may sync it
    await scene.create('h15', { spec: { source: source(), syncPolicy: {} } })
    const { metadata } = await whenApplication(scene.kube, 'h15', isOutOfSync)
    const connection = await Connection.connect({ address: endpoints.temporal })
    const client = new Client({ connection, namespace: 'driftless' })
    const workflowId = 'app/argocd/h15'
    const { taskQueue } = await client.workflow.getHandle(workflowId).describe()
    const application = { namespace: 'argocd', name: 'h15', uid: metadata.uid }
    for (const reason of ['operation', 'delete', 'push', 'confirm', 'nonsense']) {
      const wake = { reason, at: Date.now(), commit: 'f'.repeat(40), uid: metadata.uid }
      await client.workflow.signalWithStart(applicationWorkflow, {
        ...{ workflowId, taskQueue, args: [{ application }] },
        ...{ signal: wakeSignal, signalArgs: [wake] },
      })
    }
    const bus = createKafkaBus({
      brokers: [endpoints.kafka],
      ...{ clientId: `test-${randomUUID()}`, onError: () => undefined },
    })
    const data = {
      repositories: [scene.repository.url],
      ref: 'refs/heads/main',
      ...{ before: '0'.repeat(40), after: 'f'.repeat(40) },
      ...{ changedPaths: ['a/a.yaml'], pathsCut: false, bodyDigest: 'x' },
    }
    await bus.publish(
      topics.events,
      {
        ...{
          specversion: '1.0',
          id: randomUUID(),
          source: 'forged',
          type: 'dev.driftless.git.push',
        },
        ...{ time: new Date().toISOString(), subject: 'x', data },
      } as never,
      'forged',
    )
    await eventually(
      async () => (await client.workflow.getHandle(workflowId).describe()).status.name,
      (status) => status === 'COMPLETED',
    )
    await Promise.all([bus.close(), connection.close()])
    const { status } = await whenApplication(scene.kube, 'h15', isOutOfSync)
    expect(status?.operationState).toBeUndefined()
    const written = auditedWrites(inject('stackDir'), namespace).map(({ name }) => name)
    expect(written).not.toContain('forged')
  })
})

describe('H16: much at once, and nonsense (crash by race or nil)', () => {
  it('does not end the worker: Secrets of repositories that change while they are read', async () => {
    const pids = scene.pids()
    const url = scene.repository.url
    const secret = {
      metadata: { name: 'h16', labels: { 'argocd.argoproj.io/secret-type': 'repository' } },
      stringData: { url, username: 'kim', password: 'x' },
    }
    await scene.kube.request('POST', secrets, secret)
    const edits = Array.from({ length: 50 }, (_, at) =>
      scene.kube.patch(`${secrets}/h16`, {
        stringData: { password: `p${at}`, ...(at % 3 === 0 && { project: `p${at}` }) },
      }),
    )
    const reads = scene.attack('h16-reader', { path: 'b' })
    await Promise.all(edits)
    await reads
    await scene.kube.request('DELETE', `${secrets}/h16`)
    await whenApplication(scene.kube, 'h16-reader', isSynced)
    expect(scene.pids()).toEqual(pids)
  })

  it('does not end the worker: Applications of any shape that the API server takes', async () => {
    const pids = scene.pids()
    const word = fc.string({ maxLength: 12 })
    const any = fc.anything({ maxDepth: 2, withNullPrototype: false })
    const source = fc.record(
      {
        repoURL: word,
        path: word,
        targetRevision: word,
        chart: word,
        ref: word,
        helm: any,
        kustomize: any,
        directory: any,
        plugin: any,
      },
      { requiredKeys: ['repoURL'] },
    )
    const spec = fc.record(
      {
        project: fc.oneof(fc.constant('default'), word),
        source,
        sources: fc.array(source, { maxLength: 3 }),
        destination: fc.record({ server: word, name: word, namespace: word }, { requiredKeys: [] }),
        syncPolicy: any,
        ignoreDifferences: any,
        revisionHistoryLimit: fc.integer(),
      },
      { requiredKeys: ['project', 'destination'] },
    )
    const specs = fc.sample(spec, { numRuns: 60, seed: 16 })
    const answers = await Promise.all(
      specs.map((one, at) =>
        scene.kube.try('POST', applicationsPath, {
          ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
          ...{ metadata: { name: `h16-${at}` }, spec: one },
        }),
      ),
    )
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0)
    await scene.attack('h16-after', { path: 'b' })
    await Promise.all(
      specs.map((_, at) => scene.kube.try('DELETE', `${applicationsPath}/h16-${at}`)),
    )
    expect(scene.pids()).toEqual(pids)
  })
})
