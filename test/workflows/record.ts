import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository } from '../harness/git.ts'
import { startStack } from '../harness/stack.ts'
import { pushWebhook } from '../harness/webhook.ts'
import { recordOperations } from './record-operations.ts'

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
const repository = await createScratchRepository('record')
const connection = await Connection.connect({ address: endpoints.temporal })
const client = new Client({ connection, namespace: 'driftless' })

const push = async (files: Record<string, string | null>) => {
  const head = await repository.push(files)
  await pushWebhook(endpoints.api, await repository.lastPush())
  return head
}
const runs = async (id: string) => {
  const found = []
  for await (const run of client.workflow.list({ query: `WorkflowId="${id}"` })) found.push(run)
  return found.sort((a, b) => b.startTime.getTime() - a.startTime.getTime())
}
/** The newest run, once it is closed; with a text the newest whose history mentions it. */
const record = async (path: string, id: string, text = '') => {
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
  const namespace = 'record'
  await kube.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
  const repoURL = repository.url
  const first = await repository.push({ 'config.yaml': configMap('config', 'one') })
  const id = 'app/argocd/shop'
  await kube.request(
    'POST',
    applicationsPath,
    applicationManifest({ name: 'shop', repoURL, namespace }),
  )
  await whenApplication(kube, 'shop', isDeployed(first))
  await record('create', id)
  const second = await push({ 'config.yaml': configMap('config', 'two') })
  await whenApplication(kube, 'shop', isDeployed(second))
  await record('push', id)
  for await (const run of client.workflow.list({ query: 'WorkflowType="repository"' })) {
    if (run.status.name !== 'RUNNING') await record('repository', run.workflowId)
    break
  }
  const path = `/api/v1/namespaces/${namespace}/configmaps/config`
  await kube.request('PATCH', path, { data: { value: 'edited' } }, 'application/merge-patch+json')
  await eventually(
    () => kube.request<{ data: { value: string } }>('GET', path),
    ({ data }) => data.value === 'two',
  )
  await record('heal', id)
  const slow = await push({ 'web.yaml': deployment('nginx:1', '') })
  await whenApplication(kube, 'shop', isDeployed(slow))
  await record('waited', id)
  await push({ 'web.yaml': deployment('nginx:2', 'image-pull') })
  await whenApplication(kube, 'shop', phase('Running'))
  const fixed = await push({ 'web.yaml': deployment('nginx:3', '') })
  await whenApplication(kube, 'shop', isDeployed(fixed))
  await record('superseded', id, 'CONTINUED_AS_NEW')
  await kube.request('DELETE', `${applicationsPath}/shop`)
  await eventually(
    () => kube.try('GET', `${applicationsPath}/shop`),
    ({ status }) => status === 404,
  )
  await record('delete', id)
  await kube.request(
    'POST',
    applicationsPath,
    applicationManifest({ name: 'early', repoURL, namespace: 'later' }),
  )
  await whenApplication(kube, 'early', phase('Failed'))
  await kube.request('POST', '/api/v1/namespaces', { metadata: { name: 'later' } })
  await whenApplication(kube, 'early', isDeployed(fixed))
  await record('retry', 'app/argocd/early', 'CONTINUED_AS_NEW')
  await recordOperations({ kube, repository, record })
} finally {
  await connection.close()
  await repository.close()
  await stack.stop()
}
