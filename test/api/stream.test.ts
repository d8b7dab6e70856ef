import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startApi, type TestApi } from '../harness/api.ts'
import { type EventStream, openStream, type StreamMessage } from '../harness/server-sent-events.ts'
import { shopApplication } from './shop-application.ts'

const path = '/api/v1/stream/applications'
let api: TestApi

beforeAll(async () => {
  api = await startApi(inject('endpoints'), 'api-stream')
})
afterAll(() => api.stop())

const open = (query = '', headers: Readonly<Record<string, string>> = {}) =>
  openStream(`${api.url}${path}${query}`, { authorization: `Bearer ${api.token}`, ...headers })
const create = (name: string, labels: object = {}) => {
  const manifest = shopApplication(name)
  const metadata = { ...manifest.metadata, finalizers: [], labels }
  return api.kube.request('POST', api.applications, { ...manifest, metadata })
}
const touch = (name: string, value: string) =>
  api.patch(name, { metadata: { annotations: { value } } })
const remove = (name: string) => api.kube.request('DELETE', `${api.applications}/${name}`)
const resultOf = ({ data = '{}' }: StreamMessage) =>
  (JSON.parse(data) as { result?: { type: string; application: { metadata: { name: string } } } })
    .result
const said = ({ type, application }: NonNullable<ReturnType<typeof resultOf>>) =>
  `${type} ${application.metadata.name}`
/** The next message about an application, as text. */
const next = async (stream: EventStream) => {
  const message = await stream.next((candidate) => resultOf(candidate) !== undefined)
  const result = message && resultOf(message)
  return { id: message?.id ?? '', said: result ? said(result) : 'end' }
}

describe('the stream of applications (API-18)', () => {
  it('begins with what there is and goes on with what changes', async () => {
    await create('first')
    const stream = await open()
    expect((await stream.next())?.event).toBe('reset')
    expect((await next(stream)).said).toBe('ADDED first')
    await touch('first', 'one')
    expect((await next(stream)).said).toBe('MODIFIED first')
    await create('second')
    expect((await next(stream)).said).toBe('ADDED second')
    await remove('second')
    expect((await next(stream)).said).toBe('DELETED second')
    stream.close()
  })

  it('resumes after the last event that was seen, deletions included', async () => {
    await create('short-lived')
    const stream = await open('?name=first')
    await next(stream)
    await touch('first', 'two')
    const { id } = await next(stream)
    stream.close()
    await remove('short-lived')
    await touch('first', 'three')
    const again = await open('', { 'last-event-id': id })
    expect([(await next(again)).said, (await next(again)).said].sort()).toEqual([
      'DELETED short-lived',
      'MODIFIED first',
    ])
    again.close()
  })

  it('goes on from the position of a list', async () => {
    const { body } = await api.call<{ metadata: { resourceVersion: string } }>(
      ...(['GET', '/api/v1/applications'] as const),
    )
    const stream = await open(`?resourceVersion=${body.metadata.resourceVersion}`)
    await touch('first', 'four')
    expect(await stream.next()).toMatchObject({ data: expect.stringContaining('MODIFIED') })
    stream.close()
  })

  it.each(['1', '99999999999', 'nonsense'])(
    'begins anew from the unknown position %s',
    async (id) => {
      const stream = await open('', { 'last-event-id': id })
      expect((await stream.next())?.event).toBe('reset')
      stream.close()
    },
  )

  it('tells only of what is asked for, and when something leaves it', async () => {
    await create('shop', { team: 'shop' })
    const stream = await open('?selector=team%3Dshop')
    expect((await next(stream)).said).toBe('ADDED shop')
    await touch('first', 'five')
    await api.patch('shop', { metadata: { labels: { team: 'bank' } } })
    expect((await next(stream)).said).toBe('DELETED shop')
    stream.close()
  })

  it('ends when the API ends, which does not wait for it', async () => {
    const other = await startApi(inject('endpoints'), 'api-stream')
    const headers = { authorization: `Bearer ${other.token}` }
    const stream = await openStream(`${other.url}${path}`, headers)
    expect(stream.status).toBe(200)
    const ended = stream.next(() => false)
    await other.stop()
    expect(await ended).toBeUndefined()
  })
})
