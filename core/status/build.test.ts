import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import {
  newYear,
  newYearText,
  operationFacts,
  rendered,
  request,
  statusReport,
} from '../../test/fixtures/report.ts'
import type { StatusReport } from '../flow.ts'
import type { ResourceKey } from '../manifest/key.ts'
import { buildStatus, type StatusInput } from './build.ts'
import { mergePatch } from './merge-patch.ts'
import type { ApplicationStatus, ResourceStatus } from './status.ts'

const resource = (status: ResourceStatus['status']): ResourceStatus => ({
  ...{ group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'c' },
  status,
})
const build = (report: StatusReport, more: Partial<StatusInput> = {}) =>
  buildStatus({
    ...{ application: applicationOf(), previous: {}, report, observed: 'o', unbuilt: [] },
    ...{ resources: [resource('Synced')], images: [], health: { status: 'Healthy' } },
    ...more,
  })

describe('the sync status (AUTO-17)', () => {
  it('is Synced only when every object is', () => {
    expect(build(statusReport({ rendered })).sync).toMatchObject({
      status: 'Synced',
      revision: 'r1',
      comparedTo: { destination: { name: 'in-cluster', namespace: 'shop' } },
    })
    const resources = [resource('Synced'), resource('OutOfSync')]
    expect(build(statusReport({ rendered }), { resources }).sync?.status).toBe('OutOfSync')
  })

  it('is not that of leftovers that do not count, but of what is declared (AUTO-18)', () => {
    const extraneous = new Set<ResourceKey>(['/ConfigMap/shop/c'])
    const leftover = { ...resource('OutOfSync'), requiresPruning: true }
    const statusOf = (one: ResourceStatus) =>
      build(statusReport({ rendered }), { resources: [one], extraneous }).sync?.status
    expect(statusOf(leftover)).toBe('Synced')
    expect(statusOf(resource('OutOfSync'))).toBe('OutOfSync')
  })

  it('is Unknown while the desired state is not known; what was known is still shown', () => {
    const previous = build(statusReport({ rendered }), { images: ['nginx:1'] })
    const failure = { type: 'ManifestError', message: 'a.yaml:1' }
    for (const report of [statusReport({ failure }), statusReport({ problems: ['no'] })]) {
      const status = build(report, { previous, resources: undefined })
      expect(status.sync).toMatchObject({ status: 'Unknown', revision: 'r1' })
      expect(status.resources).toEqual(previous.resources)
      expect(status.summary).toEqual({ images: ['nginx:1'] })
      expect(status.driftless).toMatchObject({ inputs: 'i1', rendered: 'd1' })
    }
  })

  it('stays as it was when only the objects are not known', () => {
    const resources = [resource('OutOfSync')]
    const previous = build(statusReport({ rendered }), { resources })
    expect(build(statusReport(), { previous, resources: undefined }).sync?.status).toBe('OutOfSync')
    expect(build(statusReport(), { resources: undefined }).sync?.status).toBe('Unknown')
  })
})

describe('the health', () => {
  it('moves its time only when it changes (HEALTH-25)', () => {
    const previous = build(statusReport())
    expect(previous.health?.lastTransitionTime).toBe(newYearText)
    const later = statusReport({ at: newYear + 60_000 })
    const message = 'Caused by Deployment shop/web'
    const same = build(later, { previous, health: { status: 'Healthy', message } })
    expect(same.health).toEqual({ status: 'Healthy', message, lastTransitionTime: newYearText })
    expect(build(later, { previous, health: { status: 'Degraded' } }).health).toEqual({
      status: 'Degraded',
      lastTransitionTime: '2026-01-01T00:01:00Z',
    })
  })

  it('is Unknown for a spec with problems', () => {
    expect(build(statusReport({ problems: ['no'] })).health?.status).toBe('Unknown')
  })
})

const phases = ['Running', 'Succeeded', 'Failed', 'Error'] as const
const operations = fc
  .record({
    phase: fc.constantFrom(...phases),
    revision: fc.constantFrom('r1', 'r2'),
    heal: fc.boolean(),
    request: fc.option(fc.record({ revision: fc.constantFrom('r1', 'r2'), dryRun: fc.boolean() }), {
      nil: undefined,
    }),
  })
  .map(({ phase, revision, heal, request: asked }) => {
    const { finishedAt, ...open } = operationFacts({ phase, revision, heal })
    return {
      ...open,
      ...(phase !== 'Running' && finishedAt !== undefined && { finishedAt }),
      ...(asked !== undefined && { request: { ...request, ...asked } }),
      results: [{ key: '/ConfigMap/shop/c', status: 'Synced' }] as const,
    }
  })
const at = fc.integer({ min: newYear, max: newYear + 86_400_000 })
const looked = fc.record(
  {
    rendered: fc
      .constantFrom('i1', 'i2')
      .map((inputs) => ({ ...rendered, inputs, digest: `d-${inputs}` })),
    operation: operations,
    failure: fc.constant({ type: 'NetworkError', message: 'away' }),
  },
  { requiredKeys: [] },
)
const ended = fc
  .constantFrom('terminated' as const, 'superseded' as const)
  .map((how) => ({ ends: { how, message: how } }))
const reports = fc
  .tuple(at, fc.oneof(looked, ended))
  .map(([time, facts]) => statusReport({ ...facts, at: time, sequence: time }))

describe('a report that is made twice, since its first answer was lost', () => {
  it('changes nothing more', () => {
    const sequences = fc.uniqueArray(reports, {
      minLength: 1,
      maxLength: 8,
      selector: ({ sequence }) => sequence,
    })
    fc.assert(
      fc.property(sequences, (sequence) => {
        let status: ApplicationStatus = {}
        for (const report of sequence) {
          status = build(report, { previous: status })
          const again = build(report, { previous: status })
          expect(mergePatch(status, again)).toBeUndefined()
        }
      }),
    )
  })
})
