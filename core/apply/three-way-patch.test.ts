import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../manifest/manifest.ts'
import { nowhere, type Place, placeOf } from './patch-schema.ts'
import { mappingPatch } from './three-way-patch.ts'

const kind = { group: 'apps', version: 'v1', kind: 'Thing' }
const merged = (key: string, more = {}) => ({
  'x-kubernetes-patch-strategy': 'merge',
  'x-kubernetes-patch-merge-key': key,
  ...more,
})
const refersTo = (name: string) => ({ allOf: [{ $ref: `#/components/schemas/${name}` }] })
const document = {
  paths: {
    '/apis/apps/v1/things/{name}': {
      patch: {
        'x-kubernetes-group-version-kind': kind,
        requestBody: { content: { 'application/strategic-merge-patch+json': {} } },
      },
    },
  },
  components: {
    schemas: {
      Thing: {
        'x-kubernetes-group-version-kind': [kind],
        properties: {
          containers: { ...merged('name'), items: refersTo('Container') },
          volumes: {
            ...merged('name', { 'x-kubernetes-patch-strategy': 'merge,retainKeys' }),
            items: {},
          },
          strategy: { 'x-kubernetes-patch-strategy': 'retainKeys' },
          finalizers: { 'x-kubernetes-patch-strategy': 'merge' },
          args: {},
        },
      },
      Container: { properties: { env: { ...merged('name'), items: {} } } },
    },
  },
}
const thing = { apiVersion: 'apps/v1', kind: 'Thing', metadata: {} }
const place = placeOf(document, thing) as Place
const patch = (applied: object, desired: object, live: object, at = place) =>
  mappingPatch(at, {
    applied: applied as JsonObject,
    desired: desired as JsonObject,
    live: live as JsonObject,
  })

describe('a three-way patch (SYNC-11)', () => {
  it('sets what differs, removes what was applied last, and leaves what others set', () => {
    const live = { a: 1, b: { c: 2, theirs: 3 }, gone: 4, theirs: 5 }
    expect(patch({ a: 1, gone: 4 }, { a: 1, b: { c: 9 } }, live)).toEqual({
      b: { c: 9 },
      gone: null,
    })
    expect(patch({ never: 1 }, { a: 1, nothing: null }, live)).toEqual({})
  })

  it('changes elements that have a key one by one, in the order in which they are declared', () => {
    const [a, b, c, theirs] = ['a', 'b', 'c', 'theirs'].map((name) => ({ name, image: 'x:1' }))
    const live = { containers: [{ ...a, pulls: 'always' }, b, theirs] }
    const patched = patch({ containers: [a, b] }, { containers: [c, { ...a, image: 'x:2' }] }, live)
    expect(patched).toEqual({
      '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }],
      containers: [c, { name: 'a', image: 'x:2' }, { name: 'b', $patch: 'delete' }],
    })
    expect(patch({ containers: [a, b] }, { containers: [a, b] }, live)).toEqual({})
    expect(patch({}, { containers: [b, a] }, live)).toEqual({
      '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
    })
  })

  it('puts a list with a key that comes twice in its place as a whole, and only when it changed', () => {
    const env = (...values: readonly string[]) => ({
      containers: [{ name: 'c', env: values.map((value) => ({ name: 'A', value })) }],
    })
    expect(patch(env('1', '2'), env('1', '2'), env('1', '2'))).toEqual({})
    const replaced = patch(env('1', '2'), env('1', '3'), env('1', '2'))
    expect(replaced.containers).toEqual([
      {
        name: 'c',
        env: [{ $patch: 'replace' }, { name: 'A', value: '1' }, { name: 'A', value: '3' }],
      },
    ])
  })

  it('takes values out of sets, and leaves those of others', () => {
    const live = { finalizers: ['old', 'theirs'] }
    expect(patch({ finalizers: ['old'] }, { finalizers: ['new'] }, live)).toEqual({
      finalizers: ['new'],
      '$deleteFromPrimitiveList/finalizers': ['old'],
    })
  })

  it('lets go what is not declared where the declared fields exclude it', () => {
    const live = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } }
    expect(patch({}, { strategy: { type: 'Recreate' } }, live)).toEqual({
      strategy: { type: 'Recreate', $retainKeys: ['type'] },
    })
    const volume = (source: object) => ({ volumes: [{ name: 'v', ...source }] })
    expect(patch({}, volume({ secret: 's' }), volume({ emptyDir: 'e' })).volumes).toEqual([
      { name: 'v', secret: 's', $retainKeys: ['name', 'secret'] },
    ])
  })

  it('takes a list without a key as one value, whose defaults are no difference', () => {
    const live = { args: [{ a: 1, default: 2 }] }
    expect(patch({ args: [{ a: 1 }] }, { args: [{ a: 1 }] }, live)).toEqual({})
    expect(patch({ args: [{ a: 1, default: 2 }] }, { args: [{ a: 1 }] }, live)).toEqual({
      args: [{ a: 1 }],
    })
  })

  it('is a JSON merge patch for kinds that take no other, as custom ones', () => {
    expect(placeOf(document, { ...thing, kind: 'Other' })).toBeUndefined()
    const [a, b] = [{ name: 'a' }, { name: 'b' }]
    const declared = { containers: [a], finalizers: ['x'] }
    const live = { containers: [a, b], finalizers: [] }
    expect(patch({ containers: [a, b] }, declared, live, nowhere)).toEqual(declared)
  })
})
