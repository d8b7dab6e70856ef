import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { createKafkaBus } from '../../clients/bus.ts'
import { topics } from '../../core/event/topics.ts'
import type { Endpoints } from '../../deploy/local/endpoints.ts'
import { eventually } from './eventually.ts'
import { payloadTexts } from './payload-texts.ts'

/** A text that our processes gave away, and where it stands. */
export type Written = { readonly place: string; readonly text: string }

/** What our processes wrote into their logs. */
export function logsOf(stackDir: string): readonly Written[] {
  const dir = join(stackDir, 'logs')
  return readdirSync(dir)
    .filter((name) => /^(api|events|worker)/.test(name))
    .map((name) => ({ place: `log ${name}`, text: readFileSync(join(dir, name), 'utf8') }))
}

/** The histories of workflows whose id begins so, with every payload in them as text. */
export async function historiesOf(address: string, begin: string): Promise<readonly Written[]> {
  const connection = await Connection.connect({ address })
  try {
    const client = new Client({ connection, namespace: 'driftless' })
    const found: Written[] = []
    const query = `WorkflowId STARTS_WITH "${begin}"`
    for await (const { workflowId, runId } of client.workflow.list({ query })) {
      const handle = client.workflow.getHandle(workflowId, runId)
      const history = historyToJSON(await handle.fetchHistory())
      for (const text of [history, ...payloadTexts(history)]) {
        found.push({ place: `history ${workflowId}`, text })
      }
    }
    return found
  } finally {
    await connection.close()
  }
}

/** All records of the topics of Driftless, up to one that speaks of this. */
export async function recordsUpTo(broker: string, last: string): Promise<readonly Written[]> {
  const found: Written[] = []
  const clientId = `test-${randomUUID()}`
  const bus = createKafkaBus({ brokers: [broker], clientId, onError: () => undefined })
  try {
    for (const topic of Object.values(topics)) {
      const handle = async (event: unknown) => {
        found.push({ place: `record of ${topic}`, text: JSON.stringify(event) })
      }
      bus.consume({ topic, group: `${clientId}-${topic}`, handle })
    }
    return await eventually(
      () => found,
      (records) => records.some(({ text }) => text.includes(last)),
    )
  } finally {
    await bus.close()
  }
}

/** What the API answers to its admin at these paths. */
export async function answersOf(
  { api, adminPassword }: Endpoints,
  paths: readonly string[],
): Promise<readonly Written[]> {
  const json = { 'content-type': 'application/json' }
  const body = JSON.stringify({ username: 'admin', password: adminPassword })
  const session = await fetch(`${api}/api/v1/session`, { method: 'POST', headers: json, body })
  const { token } = (await session.json()) as { token: string }
  return await Promise.all(
    paths.map(async (path) => {
      const answer = await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } })
      return { place: `${answer.status} ${path}`, text: await answer.text() }
    }),
  )
}
