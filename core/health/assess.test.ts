import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { assessHealth } from './assess.ts'
import { type HealthStatus, isHealthIgnored, isWorse, worst } from './health.ts'

type Row = {
  readonly id: string
  readonly manifest: Manifest
  readonly expected: { readonly status: HealthStatus | null }
}
const rowsOf = (file: string): readonly Row[] =>
  readFileSync(`${import.meta.dirname}/testdata/${file}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const isAsExpected = ({ manifest, expected }: Row) => {
  expect(assessHealth(manifest)?.status ?? null).toBe(expected.status)
}
test.each(rowsOf('builtin.jsonl'))('$id', isAsExpected)
describe('HEALTH-18: a CustomResourceDefinition is healthy once it is established', () => {
  test.each(rowsOf('crd.jsonl'))('$id', isAsExpected)
})

const kinds = [
  ['HEALTH-03', 'kinds without a rule have no health'],
  ['HEALTH-04', 'what is being deleted is Progressing'],
  ['HEALTH-07', 'a DaemonSet waits for its pods, unless it updates OnDelete'],
  ['HEALTH-08', 'a ReplicaSet waits for its pods and tells why it cannot make them'],
  ['HEALTH-10', 'a Job ends by the types of its conditions'],
  ['HEALTH-11', 'a CronJob is Degraded only when its last run did not succeed and none is active'],
  ['HEALTH-12', 'a claim is as its phase says'],
  ['HEALTH-13', 'a LoadBalancer waits for its address, other Services for nothing'],
  ['HEALTH-14', 'an Ingress waits for its address'],
  ['HEALTH-15', 'an autoscaler is Degraded by the reasons of its conditions'],
  ['HEALTH-16', 'an APIService waits until it is available'],
  ['HEALTH-17', 'a Workflow is as its phase says'],
  ['HEALTH-19', 'a Rollout waits for its steps, is Suspended by a pause and Degraded when aborted'],
  ['HEALTH-20', 'kinds of the catalogue speak by their conditions, as kstatus reads them'],
  ['HEALTH-23', 'an Application has no health of its own for its parent'],
] as const
describe.each(kinds)('%s: %s', (id) => {
  test.each(rowsOf('kinds.jsonl').filter((row) => row.id.startsWith(id)))('$id', isAsExpected)
})
test('every row belongs to an id', () => {
  const ids: readonly string[] = kinds.map(([id]) => id)
  expect(rowsOf('kinds.jsonl').filter(({ id }) => !ids.includes(id.slice(0, 9)))).toEqual([])
})

const live = (
  apiVersion: string,
  kind: string,
  spec: object,
  status: object,
  metadata: Partial<Manifest['metadata']> = {},
): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: 'web', generation: 2, ...metadata },
  spec,
  status,
})
const verdictOf = (manifest: Manifest) => assessHealth(manifest)?.status

describe('HEALTH-05: Deployment', () => {
  const deployment = (status: object) =>
    live('apps/v1', 'Deployment', { replicas: 2 }, { observedGeneration: 2, ...status })
  test.each<[string, object, HealthStatus]>([
    ['done', { replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, 'Healthy'],
    [
      'status of an older spec',
      { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
      'Progressing',
    ],
    ['no status yet', { observedGeneration: undefined }, 'Progressing'],
    ['not all updated', { replicas: 2, updatedReplicas: 1, availableReplicas: 2 }, 'Progressing'],
    ['old ones left', { replicas: 3, updatedReplicas: 2, availableReplicas: 3 }, 'Progressing'],
    ['not all available', { replicas: 2, updatedReplicas: 2, availableReplicas: 1 }, 'Progressing'],
    [
      'deadline passed',
      {
        conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
      },
      'Degraded',
    ],
  ])('%s', (_, status, expected) => expect(verdictOf(deployment(status))).toBe(expected))
})

describe('HEALTH-06: StatefulSet', () => {
  const set = (
    status: object,
    updateStrategy: object = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
  ) =>
    live(
      'apps/v1',
      'StatefulSet',
      { replicas: 3, updateStrategy },
      { observedGeneration: 2, readyReplicas: 3, ...status },
    )
  test.each<[string, Manifest, HealthStatus]>([
    ['not observed', set({ observedGeneration: 1, updatedReplicas: 3 }), 'Progressing'],
    ['pods missing', set({ readyReplicas: 2, updatedReplicas: 3 }), 'Progressing'],
    ['half updated', set({ updatedReplicas: 1 }), 'Progressing'],
    ['all updated', set({ updatedReplicas: 3 }), 'Healthy'],
    [
      'partition reached',
      set({ updatedReplicas: 1 }, { type: 'RollingUpdate', rollingUpdate: { partition: 2 } }),
      'Healthy',
    ],
    [
      'OnDelete',
      set({ currentRevision: 'a', updateRevision: 'b' }, { type: 'OnDelete' }),
      'Healthy',
    ],
    [
      'revisions differ',
      set({ currentRevision: 'a', updateRevision: 'b' }, { type: 'RollingUpdate' }),
      'Progressing',
    ],
  ])('%s', (_, manifest, expected) => expect(verdictOf(manifest)).toBe(expected))
})

const complete = { conditions: [{ type: 'Complete', status: 'True' }] }

test('HEALTH-04: a deleted hook that still has our finalizer keeps its own verdict', () => {
  const finalizers = ['argocd.argoproj.io/hook-finalizer']
  const metadata = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers }
  expect(verdictOf(live('batch/v1', 'Job', {}, complete, metadata))).toBe('Healthy')
})

const status = fc.constantFrom<HealthStatus>(
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
)
test('HEALTH-01: the worst is one of them and none is worse', () => {
  expect(worst([])).toBe('Healthy')
  expect(worst(['Degraded', 'Missing', 'Healthy'])).toBe('Degraded')
  fc.assert(
    fc.property(fc.array(status, { minLength: 1 }), (statuses) => {
      const found = worst(statuses)
      expect(statuses).toContain(found)
      expect(statuses.some((one) => isWorse(one, found))).toBe(false)
    }),
  )
})

test('HEALTH-22: objects can be left out', () => {
  const annotations = { 'argocd.argoproj.io/ignore-healthcheck': 'true' }
  expect(isHealthIgnored(live('v1', 'Pod', {}, {}, { annotations }))).toBe(true)
  expect(isHealthIgnored(live('v1', 'Pod', {}, {}))).toBe(false)
})

test('any status whatever gets a verdict or none, never an exception', () => {
  const kinds = [
    ['apps/v1', 'Deployment'],
    ['v1', 'Pod'],
    ['batch/v1', 'Job'],
    ['batch/v1', 'CronJob'],
    ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['x.io/v1', 'Widget'],
  ] as const
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.jsonValue(),
      fc.jsonValue(),
      ([apiVersion, kind], spec, state) => {
        assessHealth({
          apiVersion,
          kind,
          metadata: { name: 'a' },
          spec,
          status: { conditions: state, containerStatuses: state, ...Object(state) },
        })
      },
    ),
  )
})
