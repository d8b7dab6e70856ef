import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createTemporal, type SignalledStart, type Temporal } from '../../clients/temporal.ts'
import { NetworkError } from '../../core/errors.ts'
import { startTcpProxy } from '../harness/tcp-proxy.ts'

const address = inject('endpoints').temporal
const namespace = 'driftless'
let temporal: Temporal
const started: string[] = []

beforeAll(async () => {
  temporal = await createTemporal(address, namespace)
})
afterEach(async () => {
  for (const id of started.splice(0)) await temporal.client.workflow.getHandle(id).terminate()
})
afterAll(() => temporal.close())

/** A start on a task queue that nobody works on: it stays as it was signalled. */
function newStart(): SignalledStart {
  const id = `contract/${randomUUID()}`
  return {
    workflow: 'application',
    id,
    taskQueue: `contract-${randomUUID()}`,
    input: { application: { name: 'shop' } },
    signal: 'wake',
    message: { reason: 'push', at: 1 },
    summary: 'shop',
    attributes: { Application: 'argocd/shop' },
    memo: { uid: 'u-1' },
  }
}
const send = async (to: Temporal, start: SignalledStart) => {
  await to.signalWithStart(start)
  if (!started.includes(start.id)) started.push(start.id)
}
const handleOf = ({ id }: SignalledStart) => temporal.client.workflow.getHandle(id)
const signalsOf = async (start: SignalledStart) => {
  const { events } = await handleOf(start).fetchHistory()
  return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length
}

describe('a workflow that is opened by a signal', () => {
  it('runs once for any number of signals, and has every one of them', async () => {
    const start = newStart()
    await Promise.all(Array.from({ length: 10 }, () => send(temporal, start)))
    const { runId } = await handleOf(start).describe()
    await send(temporal, start)
    expect(await signalsOf(start)).toBe(11)
    expect((await handleOf(start).describe()).runId).toBe(runId)
  })

  it('is found by its attributes and says in its list what it is about', async () => {
    const start = newStart()
    await send(temporal, start)
    const description = await handleOf(start).describe()
    expect(description.type).toBe('application')
    expect(description.memo).toEqual({ uid: 'u-1' })
    expect(description.searchAttributes).toMatchObject({ Application: ['argocd/shop'] })
    expect(await description.staticSummary()).toBe('shop')
  })

  it('runs anew when the run before is closed', async () => {
    const start = newStart()
    await send(temporal, start)
    const { runId } = await handleOf(start).describe()
    await handleOf(start).terminate()
    await send(temporal, start)
    expect((await handleOf(start).describe()).runId).not.toBe(runId)
    expect(await signalsOf(start)).toBe(1)
  })
})

describe('a Temporal that is away', () => {
  it('is NetworkError and not healthy; the same client finds it back', async () => {
    const proxy = await startTcpProxy(Number(address.split(':')[1]))
    const remote = await createTemporal(`127.0.0.1:${proxy.port}`, namespace)
    try {
      proxy.cut()
      expect(await remote.healthy()).toBe(false)
      const refused = remote.signalWithStart(newStart())
      await expect(refused).rejects.toBeInstanceOf(NetworkError)
      await expect(refused).rejects.toThrow(/no connection|ECONNREFUSED|ECONNRESET/i)
      proxy.restore()
      const start = newStart()
      await expect.poll(() => remote.healthy(), { timeout: 60_000 }).toBe(true)
      await send(remote, start)
      expect(await signalsOf(start)).toBe(1)
    } finally {
      await remote.close()
      await proxy.close()
    }
  })

  it('is NetworkError too when it takes everything and answers nothing', async () => {
    const proxy = await startTcpProxy(Number(address.split(':')[1]))
    const remote = await createTemporal(`127.0.0.1:${proxy.port}`, namespace)
    try {
      expect(await remote.healthy()).toBe(true)
      proxy.silence()
      await expect(remote.signalWithStart(newStart())).rejects.toBeInstanceOf(NetworkError)
    } finally {
      await remote.close()
      await proxy.close()
    }
  })

  it('does not take a message for a namespace that is not there', async () => {
    const nowhere = await createTemporal(address, 'nowhere')
    await expect(nowhere.signalWithStart(newStart())).rejects.toBeInstanceOf(NetworkError)
    await nowhere.close()
  })
})
