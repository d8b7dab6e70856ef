import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { applicationsPath, configMap, isDeployed, whenApplication } from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createNamespace } from '../harness/kube.ts'
import { whenGone } from '../harness/presence.ts'
import { openScene } from '../harness/scene.ts'
import { startStack } from '../harness/stack.ts'
import { type Recorder, recordOperations } from './record-operations.ts'

/**
 * Records one history per path of the workflows into test/fixtures/histories/<version>/. Run once
 * for a release (`node test/workflows/record.ts 0.2.0`); what is there is never made again, since
 * it stands for the runs that are open in somebody's installation.
 */
const version = process.argv[2]
if (version === undefined) throw new Error('name the version: node test/workflows/record.ts 0.2.0')
const folder = resolve(import.meta.dirname, '..', 'fixtures', 'histories', version)
mkdirSync(folder)

const stack = await startStack()
const { kube, endpoints } = stack
const scene = await openScene(endpoints, 'record')
const connection = await Connection.connect({ address: endpoints.temporal })
const client = new Client({ connection, namespace: 'driftless' })

const runs = async (id: string) => {
  const found = []
  for await (const run of client.workflow.list({ query: `WorkflowId="${id}"` })) found.push(run)
  return found.sort((a, b) => b.startTime.getTime() - a.startTime.getTime())
}
/** The newest run, once it is closed; with a text the newest whose history mentions it. */
const record: Recorder = async (path, id, text = '') => {
  const history = await eventually(
    async () => {
      for (const run of await runs(id)) {
        if (run.status.name === 'RUNNING') {
          if (text === '') return undefined
          continue
        }
        const handle = client.workflow.getHandle(run.workflowId, run.runId)
        const json = historyToJSON(await handle.fetchHistory())
        if (json.includes(text)) return json
      }
      return undefined
    },
    (json) => json !== undefined,
  )
  writeFileSync(join(folder, `${path}.json`), `${history}\n`)
  console.log(`recorded ${path}`)
}

const deployment = (image: string, simulate: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: {driftless.dev/simulate: "${simulate}", driftless.dev/simulate-delay: 4s}
    spec: {containers: [{name: web, image: "${image}"}]}
`
const phase =
  (wanted: string) =>
  ({ operationState }: { operationState?: { phase: string } }) =>
    operationState?.phase === wanted

try {
  await createNamespace(kube, scene.namespace)
  const first = await scene.repository.push({ 'config.yaml': configMap('config', 'one') })
  const id = 'app/argocd/shop'
  await scene.create('shop')
  await whenApplication(kube, 'shop', isDeployed(first))
  await record('create', id)
  const second = await scene.push({ 'config.yaml': configMap('config', 'two') })
  await whenApplication(kube, 'shop', isDeployed(second))
  await record('push', id)
  for await (const run of client.workflow.list({ query: 'WorkflowType="repository"' })) {
    if (run.status.name !== 'RUNNING') await record('repository', run.workflowId)
    break
  }
  const path = `/api/v1/namespaces/${scene.namespace}/configmaps/config`
  await kube.patch(path, { data: { value: 'edited' } })
  await eventually(
    () => kube.request<{ data: { value: string } }>('GET', path),
    ({ data }) => data.value === 'two',
  )
  await record('heal', id)
  const slow = await scene.push({ 'web.yaml': deployment('nginx:1', '') })
  await whenApplication(kube, 'shop', isDeployed(slow))
  await record('waited', id)
  await scene.push({ 'web.yaml': deployment('nginx:2', 'image-pull') })
  await whenApplication(kube, 'shop', phase('Running'))
  const fixed = await scene.push({ 'web.yaml': deployment('nginx:3', '') })
  await whenApplication(kube, 'shop', isDeployed(fixed))
  await record('superseded', id, 'CONTINUED_AS_NEW')
  await kube.request('DELETE', `${applicationsPath}/shop`)
  await whenGone(kube, `${applicationsPath}/shop`)
  await record('delete', id)
  await scene.create('early', { namespace: 'later' })
  await whenApplication(kube, 'early', phase('Failed'))
  await createNamespace(kube, 'later')
  await whenApplication(kube, 'early', isDeployed(fixed))
  await record('retry', 'app/argocd/early', 'CONTINUED_AS_NEW')
  await recordOperations(endpoints, record)
} finally {
  await connection.close()
  await scene.close()
  await stack.stop()
}
