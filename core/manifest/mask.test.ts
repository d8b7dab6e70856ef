import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Manifest } from './manifest.ts'
import { maskSecrets } from './mask.ts'

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
const secret = (data: Readonly<Record<string, string>>): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'a', annotations: { [lastApplied]: JSON.stringify({ kind: 'Secret', data }) } },
  data,
})

test('DIFF-14: equal values look equal, changed ones different, and lengths do not show', () => {
  const [before, after] = maskSecrets([
    secret({ same: 'YQ==', changed: 'YQ==' }),
    secret({ same: 'YQ==', changed: 'bG9uZ2xvbmdsb25nbG9uZ2xvbmc=' }),
  ])
  expect(before?.data).toEqual({ same: '++++++++', changed: '++++++++' })
  expect(after?.data).toEqual({ same: '++++++++', changed: '+++++++++' })
  expect(after?.metadata.annotations?.[lastApplied]).toBe(
    '{"kind":"Secret","data":{"same":"++++++++","changed":"+++++++++"}}',
  )
})

test('no value of a Secret is left anywhere in it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.base64String({ minLength: 12 })), (data) => {
      const shown = JSON.stringify(maskSecrets([{ ...secret(data), stringData: data }]))
      for (const value of Object.values(data)) expect(shown).not.toContain(value)
    }),
  )
})

test('a last-applied annotation that cannot be read is masked whole', () => {
  const [masked] = maskSecrets([
    { ...secret({}), metadata: { name: 'a', annotations: { [lastApplied]: '{"data": broken' } } },
  ])
  expect(masked?.metadata.annotations?.[lastApplied]).toMatch(/^\++$/)
})

test('other kinds are left alone', () => {
  const configMap: Manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    data: { a: 'b' },
  }
  expect(maskSecrets([configMap])[0]).toBe(configMap)
})

test('DIFF-14: annotations that the settings name are values, also in the copy of kubectl', () => {
  const annotations = { token: 'canary', app: 'shown' }
  const copy = JSON.stringify({ kind: 'Secret', metadata: { annotations } })
  const given = secret({})
  const hidden = { ...given.metadata, annotations: { ...annotations, [lastApplied]: copy } }
  const [masked] = maskSecrets([{ ...given, metadata: hidden }], ['token'])
  const mask = '++++++++'
  expect(masked?.metadata.annotations).toEqual({
    token: mask,
    app: 'shown',
    [lastApplied]: JSON.stringify({
      kind: 'Secret',
      metadata: { annotations: { token: mask, app: 'shown' } },
    }),
  })
})

test('H4: values below a misspelt field are values too', () => {
  const secret = {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, type: 'Opaque' },
    stringDat: { password: 'canary' },
  }
  const [masked] = maskSecrets([secret])
  expect(masked).toEqual({ ...secret, stringDat: { password: '++++++++' } })
})
