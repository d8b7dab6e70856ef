import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startApi, type TestApi } from '../harness/api.ts'
import { eventually } from '../harness/eventually.ts'
import { repoURL, shopApplication } from './shop-application.ts'

const endpoints = inject('endpoints')
let api: TestApi
let connection: Connection

beforeAll(async () => {
  const slack = { SLACK_BOT_TOKEN: 'xoxb-test', SLACK_CHANNEL: 'C1' }
  api = await startApi(endpoints, 'api-notify', slack)
  connection = await Connection.connect({ address: endpoints.temporal })
  await api.kube.request('POST', api.applications, shopApplication('told'))
})
afterAll(async () => {
  await connection.close()
  await api.stop()
})

const send = () =>
  api.call<{ message?: string }>('POST', '/api/v1/notifications', {
    ...{ application: 'told', trigger: 'on-deployed' },
  })

it('a notification by hand is refused while no operation is over', async () => {
  const { status, body } = await send()
  expect([status, body.message]).toEqual([400, expect.stringMatching(/no operation that is over/)])
})

it('a notification by hand is handed to Temporal, which tells people of the last operation', async () => {
  const resources = [{ kind: 'ConfigMap', name: 'c', status: 'Synced', message: 'configured' }]
  const operationState = {
    ...{ phase: 'Succeeded', message: 'all done', operation: {} },
    ...{ startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:05Z' },
    syncResult: { revision: 'abcdef1', source: { repoURL }, resources },
  }
  await api.patch('told', { status: { operationState } })
  await eventually(send, ({ status }) => status === 200)
  const { workflow } = new Client({ connection, namespace: 'driftless' })
  const query = 'WorkflowType="notification" AND Application="api-notify/told"'
  const runs = await eventually(
    async () => {
      const found: string[] = []
      for await (const { workflowId } of workflow.list({ query })) found.push(workflowId)
      return found
    },
    (found) => found.length > 0,
  )
  const handle = workflow.getHandle(runs[0] ?? '')
  const { events = [] } = await handle.fetchHistory()
  await handle.terminate('seen')
  const signal = (events ?? []).flatMap(
    (event) => event.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [],
  )
  expect(JSON.parse(Buffer.from(signal[0]?.data ?? []).toString())).toMatchObject({
    ...{ phase: 'Succeeded', message: 'all done', revision: 'abcdef1', initiator: 'admin' },
    ...{ trigger: 'on-deployed', resources: { changed: 1, failed: 0 } },
  })
})
