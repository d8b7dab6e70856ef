import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ScriptError, ScriptTimeout } from '../errors.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { type IgnoreRule, rulesFor, withoutIgnored } from './ignore.ts'
import { withoutPointer } from './pointer.ts'

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', annotations: { 'a/b': '1', 'a~b': '2' } },
  spec: {
    replicas: 3,
    containers: [
      { name: 'web', image: 'web:1', env: [{ name: 'A' }, { name: 'B' }] },
      { name: 'proxy', image: 'proxy:1' },
    ],
  },
} satisfies Manifest
const noJq = async () => {
  throw new ScriptError('no jq here')
}
const strip = (rule: IgnoreRule, live: Manifest = deployment, jq: typeof noJq = noJq) =>
  withoutIgnored(deployment, live, [rule], jq)

describe('DIFF-04: JSON pointers', () => {
  test('fields and items', async () => {
    const left = async (pointer: string) => (await strip({ jsonPointers: [pointer] })).spec
    const [web, proxy] = deployment.spec.containers
    expect(await left('/spec/replicas')).toEqual({ containers: [web, proxy] })
    expect(await left('/spec/containers/1')).toEqual({ replicas: 3, containers: [web] })
    expect(await left('/spec/containers/0/env')).toEqual({
      replicas: 3,
      containers: [{ name: 'web', image: 'web:1' }, proxy],
    })
  })

  test('escaped names, and paths that lead nowhere', async () => {
    const { metadata } = await strip({ jsonPointers: ['/metadata/annotations/a~1b'] })
    expect(metadata.annotations).toEqual({ 'a~b': '2' })
    const nowhere = [
      '/spec/x/y',
      '/spec/containers/7',
      '/spec/containers/-',
      'spec',
      '',
      '/spec/replicas/z',
    ]
    expect(await strip({ jsonPointers: nowhere })).toEqual(deployment)
  })

  test('a pointer takes away its field and nothing else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (rest, name) => {
        const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
        const { [name]: _, ...others } = rest
        expect(withoutPointer({ ...others, [name]: 1 }, path)).toEqual(others)
      }),
    )
  })
})

describe('DIFF-05: jq expressions', () => {
  test('what fails ignores nothing, what does not end is told', async () => {
    expect(await strip({ jqPathExpressions: ['.spec.x[]'] })).toEqual(deployment)
    const endless = async () => {
      throw new ScriptTimeout('timed out')
    }
    await expect(strip({ jqPathExpressions: ['.x'] }, deployment, endless)).rejects.toThrow(
      'timed out',
    )
  })
})

test('DIFF-06: fields that the named managers own of the live object', async () => {
  const owns = (manager: string, spec: object) => ({
    manager,
    operation: 'Update',
    fieldsV1: { 'f:spec': spec } as never,
  })
  const live: Manifest = {
    ...deployment,
    metadata: {
      ...deployment.metadata,
      managedFields: [
        owns('scaler', { 'f:replicas': {} }),
        owns('injector', {
          'f:containers': {
            'k:{"name":"web"}': { 'f:env': { '.': {}, 'k:{"name":"B"}': { '.': {} } } },
          },
        }),
        owns('other', { 'f:containers': {} }),
      ],
    },
  }
  expect(await strip({ managedFieldsManagers: ['scaler', 'injector'] }, live)).toMatchObject({
    spec: { containers: [{ name: 'web', env: [{ name: 'A' }] }, { name: 'proxy' }] },
  })
  expect(await strip({ managedFieldsManagers: ['nobody'] }, live)).toEqual(deployment)
})

test.each<[IgnoreRule, boolean]>([
  [{ group: 'apps', kind: 'Deployment' }, true],
  [{ group: '*', kind: '*' }, true],
  [{ group: 'apps', kind: 'Deployment', name: 'web', namespace: 'shop' }, true],
  [{ group: 'apps', kind: 'Deployment', name: 'we*' }, false],
  [{ group: 'apps', kind: 'Deployment', namespace: 'other' }, false],
  [{ kind: 'Deployment' }, false],
])('DIFF-07: %j speaks of the object: %s', (rule, expected) => {
  expect(rulesFor([rule], deployment)).toHaveLength(expected ? 1 : 0)
})
