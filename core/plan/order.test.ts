import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { kindRank, orderManifests, waveOf } from './order.ts'
import { pruneOrder } from './prune-order.ts'

type Row = {
  readonly id: string
  readonly kind_order?: readonly string[]
  readonly objects?: readonly { readonly ref: string; readonly manifest: Manifest }[]
  readonly expected_order?: readonly string[]
}
const rows: readonly Row[] = readFileSync(`${import.meta.dirname}/testdata/order.jsonl`, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

const object = (
  kind: string,
  name: string,
  more: { wave?: string; namespace?: string; hook?: string } = {},
): Manifest => ({
  apiVersion: kind === 'Widget' ? 'example.com/v1' : 'v1',
  kind,
  metadata: {
    name,
    ...(more.namespace === undefined ? {} : { namespace: more.namespace }),
    annotations: {
      ...(more.wave === undefined ? {} : { 'argocd.argoproj.io/sync-wave': more.wave }),
      ...(more.hook === undefined ? {} : { 'argocd.argoproj.io/hook': more.hook }),
    },
  },
})
const namesOf = (ordered: ReturnType<typeof orderManifests>) =>
  ordered.map(({ manifest }) => manifest.metadata.name)

describe('recorded cases', () => {
  test.each(rows.filter(({ objects }) => objects))('$id', ({ objects = [], expected_order }) => {
    const refs = new Map(objects.map(({ ref, manifest }) => [manifest, ref]))
    const ordered = orderManifests(objects.map(({ manifest }) => manifest))
    expect(ordered.map(({ manifest }) => refs.get(manifest))).toEqual(expected_order)
  })

  test('semantics 2.1: the order of kinds', () => {
    const kinds = rows.find(({ kind_order }) => kind_order)?.kind_order ?? []
    expect(kinds.map(kindRank)).toEqual(kinds.map((_, rank) => rank))
    expect(kindRank('Widget')).toBe(kinds.length)
  })
})

describe('SYNC-03, HELM-17: the wave', () => {
  test.each([
    [{ 'argocd.argoproj.io/sync-wave': '-5' }, -5],
    [{ 'argocd.argoproj.io/sync-wave': '+2' }, 2],
    [{ 'argocd.argoproj.io/sync-wave': '1.5' }, 0],
    [{ 'argocd.argoproj.io/sync-wave': 'x', 'helm.sh/hook-weight': '3' }, 3],
    [{ 'argocd.argoproj.io/sync-wave': '1', 'helm.sh/hook-weight': '3' }, 1],
    [{ 'helm.sh/hook-weight': '-4' }, -4],
    [{ 'helm.sh/hook-weight': 'heavy' }, 0],
    [{}, 0],
  ])('%j is %i', (annotations, wave) => {
    expect(waveOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', annotations } })).toBe(
      wave,
    )
  })
})

test('SYNC-02: phase before wave before kind before name', () => {
  const ordered = orderManifests([
    object('Widget', 'g'),
    object('ConfigMap', 'f'),
    object('ConfigMap', 'e'),
    object('Secret', 'c', { wave: '-1' }),
    object('Widget', 'b', { wave: '-1', namespace: 'x' }),
    object('Job', 'a', { wave: '9', hook: 'PreSync' }),
    object('Job', 'h', { wave: '-9', hook: 'PostSync' }),
  ])
  expect(namesOf(ordered)).toEqual(['a', 'c', 'b', 'e', 'f', 'g', 'h'])
})

describe('semantics 2.1 item 3: what others need comes before them', () => {
  test('a Namespace takes over phase and wave of the first object that lives in it', () => {
    const ordered = orderManifests([
      object('Namespace', 'shop', { wave: '5' }),
      object('Job', 'migrate', { hook: 'PreSync', wave: '2', namespace: 'shop' }),
      object('Secret', 'first', { hook: 'PreSync', wave: '1', namespace: 'other' }),
    ])
    expect(namesOf(ordered)).toEqual(['first', 'shop', 'migrate'])
    expect(ordered[1]).toMatchObject({ phase: 'PreSync', wave: 2 })
  })

  test('a CRD comes before the first object of its kind', () => {
    const crd: Manifest = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: { group: 'example.com', names: { kind: 'Widget' } },
    }
    const ordered = orderManifests([crd, object('Widget', 'early', { wave: '-3' })])
    expect(ordered.map(({ manifest, wave }) => [manifest.metadata.name, wave])).toEqual([
      ['widgets.example.com', -3],
      ['early', -3],
    ])
  })

  test('nothing moves that comes early enough anyway', () => {
    const ordered = orderManifests([
      object('Namespace', 'shop', { wave: '-5' }),
      object('Secret', 'a', { namespace: 'shop' }),
    ])
    expect(ordered[0]).toMatchObject({ wave: -5 })
  })
})

test('HIST-05: deletion goes from the highest wave down, kinds in reverse', () => {
  const ordered = pruneOrder([
    object('Namespace', 'n'),
    object('Deployment', 'd'),
    object('Widget', 'w', { wave: '-1' }),
    object('ConfigMap', 'late', { wave: '2' }),
  ])
  expect(namesOf(ordered)).toEqual(['late', 'd', 'n', 'w'])
})

const manifests = fc.uniqueArray(
  fc
    .record({
      kind: fc.constantFrom(
        'Namespace',
        'Secret',
        'Deployment',
        'Widget',
        'CustomResourceDefinition',
      ),
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      namespace: fc.constantFrom('a', 'b', 'c'),
      wave: fc.constantFrom('-1', '0', '2'),
      hook: fc.constantFrom(undefined, undefined, 'PreSync', 'PostSync'),
    })
    .map(({ kind, name, namespace, wave, hook }) =>
      object(kind, name, {
        wave,
        ...(kind === 'Namespace' ? {} : { namespace }),
        ...(hook === undefined ? {} : { hook }),
      }),
    ),
  { selector: ({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}` },
)

test('the order is a permutation that does not depend on the order of the input', () => {
  fc.assert(
    fc.property(manifests, fc.nat(), (list, seed) => {
      const shuffled = [...list].sort(
        (a, b) =>
          ((JSON.stringify(a).length * (seed + 1)) % 7) -
          ((JSON.stringify(b).length * (seed + 1)) % 7),
      )
      const ordered = orderManifests(list).map(({ manifest }) => manifest)
      expect(new Set(ordered)).toEqual(new Set(list))
      expect(ordered).toHaveLength(list.length)
      expect(orderManifests(shuffled).map(({ manifest }) => manifest)).toEqual(ordered)
    }),
  )
})

test('no object comes before the Namespace in which it lives', () => {
  fc.assert(
    fc.property(manifests, (list) => {
      const ordered = orderManifests(list).map(({ manifest }) => manifest)
      for (const [index, { kind, metadata }] of ordered.entries()) {
        const home = ordered.findIndex(
          (other) => other.kind === 'Namespace' && other.metadata.name === metadata.namespace,
        )
        if (kind !== 'Namespace' && home >= 0) expect(home).toBeLessThan(index)
      }
    }),
  )
})
