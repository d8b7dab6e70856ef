import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { threeWayFields } from './three-way.ts'

const deployment = (container: object, more: object = {}): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', ...more },
  spec: { template: { spec: { containers: [{ name: 'web', ...container }] } } },
})
const at = '/spec/template/spec/containers/0'

describe('DIFF-01: what an apply would change, without asking the server', () => {
  test.each<[string, object, object, readonly string[]]>([
    ['defaults and fields of others', { image: 'a' }, { image: 'a', tty: false }, []],
    ['another value', { image: 'a' }, { image: 'b' }, [`${at}/image`]],
    ['elements of others', { env: [{ name: 'A' }] }, { env: [{ name: 'B' }, { name: 'A' }] }, []],
    ['a missing element', { env: [{ name: 'A' }] }, { env: [{ name: 'B' }] }, [`${at}/env/0`]],
    [
      'ports that differ in their protocol',
      { ports: [{ containerPort: 53, protocol: 'UDP' }] },
      {
        ports: [
          { containerPort: 53, protocol: 'TCP' },
          { containerPort: 53, protocol: 'UDP' },
        ],
      },
      [],
    ],
    [
      'the same amount (DIFF-11)',
      { resources: { limits: { cpu: '1000m' } } },
      { resources: { limits: { cpu: 1 } } },
      [],
    ],
    ['nothing', { resources: {}, env: [], image: null }, {}, []],
    [
      'lists without keys by position (DIFF-13)',
      { args: ['a', 'b'] },
      { args: ['b', 'a'] },
      [`${at}/args/0`, `${at}/args/1`],
    ],
  ])('%s', (_, desired, live, fields) => {
    expect(threeWayFields(deployment(desired), deployment(live))).toEqual(fields)
  })

  test('a field that was applied and is declared no more, but none that was never applied', () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(
        deployment({ image: 'a', tty: true, env: [{ name: 'A' }, { name: 'B' }] }),
      ),
    }
    const live = deployment(
      { image: 'a', tty: true, stdin: true, env: [{ name: 'A' }, { name: 'B' }, { name: 'C' }] },
      { annotations },
    )
    expect(threeWayFields(deployment({ image: 'a', env: [{ name: 'A' }] }), live)).toEqual([
      `${at}/tty`,
      `${at}/env/1`,
    ])
  })

  test('DIFF-13: in kinds that we do not know lists count by position and amounts by their text', () => {
    const widget = (spec: object): Manifest => ({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'a' },
      spec,
    })
    const fields = (desired: object, live: object) => threeWayFields(widget(desired), widget(live))
    expect(fields({ env: [{ name: 'A' }] }, { env: [{ name: 'B' }, { name: 'A' }] })).toEqual([
      '/spec/env',
    ])
    expect(fields({ limits: { cpu: '1' } }, { limits: { cpu: '1000m' } })).toEqual([
      '/spec/limits/cpu',
    ])
    expect(fields({ empty: {} }, {})).toEqual(['/spec/empty'])
  })

  test('DIFF-10: rules of an aggregated role are nobody’s change', () => {
    const role = (more: object): Manifest => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'a' },
      aggregationRule: { clusterRoleSelectors: [] },
      ...more,
    })
    const applied = JSON.stringify(role({ rules: [{ verbs: ['get'] }] }))
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': applied }
    const live = role({ rules: [{ verbs: ['list'] }], metadata: { name: 'a', annotations } })
    expect(threeWayFields(role({}), live)).toEqual([])
  })

  test.each<[string, object, object]>([
    ['the time of creation', { metadata: { name: 'a', creationTimestamp: null } }, {}],
    ['the namespace', {}, { metadata: { name: 'a', namespace: 'shop' } }],
    ['rules that are null', { rules: null }, { rules: [] }],
    ['rules that are null and not there', { rules: null }, {}],
    ['the status', { status: {} }, { status: { ready: true } }],
  ])('DIFF-12: %s is no difference', (_, desired, live) => {
    const role = {
      ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'a' } },
    }
    expect(threeWayFields({ ...role, ...desired }, { ...role, ...live })).toEqual([])
  })

  test('a list may be named like a method', () => {
    const object = {
      ...{ apiVersion: 'apps/v1', kind: 'Any', metadata: { name: 'a' } },
      spec: { valueOf: [''], constructor: [{ a: 1 }] },
    }
    expect(threeWayFields(object, structuredClone(object))).toEqual([])
  })

  test('an object does not differ from itself', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (spec, builtIn) => {
        const apiVersion = builtIn ? 'apps/v1' : 'example.com/v1'
        const object = { apiVersion, kind: 'Any', metadata: { name: 'a' }, spec }
        expect(threeWayFields(object, structuredClone(object))).toEqual([])
      }),
    )
  })
})
