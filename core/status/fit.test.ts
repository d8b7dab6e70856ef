import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import {
  newYear,
  newYearText,
  operationFacts,
  rendered,
  statusReport,
} from '../../test/fixtures/report.ts'
import type { StatusReport } from '../flow.ts'
import { buildStatus } from './build.ts'
import { fitStatus, maxStatusBytes } from './fit.ts'
import type { ApplicationStatus, ResourceStatus } from './status.ts'

const names = (count: number) => Array.from({ length: count }, (_, index) => `object-${index}`)
const resourcesOf = (count: number, message?: string): readonly ResourceStatus[] =>
  names(count).map((name) => ({
    ...{ group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name },
    status: 'Synced',
    health: { status: 'Healthy', ...(message !== undefined && { message }) },
  }))
const synced = (count: number, message: string) =>
  statusReport({
    rendered,
    operation: operationFacts({
      results: names(count).map((name) => ({
        ...{ key: `apps/Deployment/shop/${name}`, status: 'Synced', message },
      })),
    }),
  })
type Resources = readonly ResourceStatus[] | undefined
const built = (report: StatusReport, resources: Resources, previous: ApplicationStatus = {}) =>
  buildStatus({
    ...{ application: applicationOf(), report, previous, resources, observed: 'o', unbuilt: [] },
    ...{ images: [], health: { status: 'Healthy' } },
  })
/** As the writer does it. */
const write = (report: StatusReport, resources: Resources, previous: ApplicationStatus = {}) =>
  fitStatus(built(report, resources, previous), previous)
const bytesOf = (status: ApplicationStatus) => Buffer.byteLength(JSON.stringify(status))
const resultsOf = ({ operationState }: ApplicationStatus) => operationState?.syncResult.resources
const truncated = ({ conditions = [] }: ApplicationStatus) =>
  conditions.find(({ type }) => type === 'StatusTruncated')
const identity = ({ group, version, kind, namespace, name }: ResourceStatus) => [
  ...[group, version, kind, namespace, name],
]
const long = 'm'.repeat(400)

describe('a status that can be stored', () => {
  it('stays as it is', () => {
    const status = built(synced(100, long), resourcesOf(100, long))
    expect(bytesOf(status)).toBeLessThan(maxStatusBytes)
    expect(fitStatus(status)).toBe(status)
  })
})

describe('a status that is too large to be stored', () => {
  it('loses the messages of the results first', () => {
    const status = write(synced(3_000, long), resourcesOf(3_000))
    expect(bytesOf(status)).toBeLessThanOrEqual(maxStatusBytes)
    expect(resultsOf(status)).toHaveLength(3_000)
    expect(resultsOf(status)?.[0]).toMatchObject({ name: 'object-0', status: 'Synced' })
    expect(resultsOf(status)?.[0]).not.toHaveProperty('message')
    expect(status.resources).toEqual(resourcesOf(3_000))
    expect(truncated(status)).toEqual({
      type: 'StatusTruncated',
      message:
        'the status would be larger than 900 KiB; left out: messages of operationState.syncResult.resources',
      lastTransitionTime: newYearText,
    })
  })

  it('loses the results next', () => {
    const status = write(synced(5_000, long), resourcesOf(5_000))
    expect(bytesOf(status)).toBeLessThanOrEqual(maxStatusBytes)
    expect(resultsOf(status)).toEqual([])
    expect(status.resources).toEqual(resourcesOf(5_000))
    expect(truncated(status)?.message).toContain('entries of operationState.syncResult.resources')
  })

  it('keeps all that it knows of 6000 objects but their health, which is kept of fewer (HEALTH-24)', () => {
    const status = write(synced(6_000, long), resourcesOf(6_000, long))
    expect(bytesOf(status)).toBeLessThanOrEqual(maxStatusBytes)
    expect(status.resources?.map(identity)).toEqual(resourcesOf(6_000).map(identity))
    expect(status.resources?.[0]).toMatchObject({ status: 'Synced' })
    expect(status.resources?.[0]).not.toHaveProperty('health')
    expect(status.history).toHaveLength(1)
    expect(truncated(status)?.message).toContain('health of resources')
  })

  it('is measured as it is stored, not by its letters', () => {
    const status = write(synced(3_000, 'ü'.repeat(200)), resourcesOf(3_000))
    expect(truncated(status)).toBeDefined()
    expect(bytesOf(status)).toBeLessThanOrEqual(maxStatusBytes)
  })

  it('loses the ends of texts that name thousands of objects', () => {
    const message = names(40_000).join(', ')
    const failure = { type: 'AdmissionDenied', message }
    const report = statusReport({
      ...{ rendered, sequence: newYear },
      operation: operationFacts({ phase: 'Failed', message, failure }),
    })
    const status = write(report, resourcesOf(10))
    expect(bytesOf(status)).toBeLessThanOrEqual(maxStatusBytes)
    expect(status.operationState?.message).toMatch(/^object-0, .*…$/)
    expect(status.driftless?.failure).toMatchObject({ cause: 'admission' })
    expect(truncated(status)?.message).toContain('ends of long messages')
  })
})

describe('what was left out once', () => {
  const first = write(synced(5_000, long), resourcesOf(5_000, long))

  it('stays named, with its time, as long as it is missing', () => {
    const later = { at: newYear + 60_000, sequence: newYear + 1 }
    const failure = { type: 'NetworkError', message: 'away' }
    const status = write(statusReport({ ...later, failure }), undefined, first)
    expect(status.resources).toBe(first.resources)
    expect(truncated(status)).toEqual(truncated(first))
  })

  it('is not named any more when it is there again', () => {
    const after = synced(10, 'configured')
    const status = write({ ...after, sequence: newYear + 1 }, resourcesOf(10), first)
    expect(truncated(status)).toBeUndefined()
    expect(resultsOf(status)).toHaveLength(10)
  })

  it('is left out again in the same way when the report is made twice', () => {
    expect(write(synced(5_000, long), resourcesOf(5_000, long), first)).toEqual(first)
  })
})
