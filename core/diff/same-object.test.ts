import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { isSameObject } from './same-object.ts'

const object: Manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'shop', labels: { team: 'a' } },
  data: { a: '1', b: '2' },
}
const withMetadata = (metadata: object): Manifest => ({
  ...object,
  metadata: { ...object.metadata, ...metadata },
})

describe('two states of one object are the same', () => {
  it.each([
    ['version', { resourceVersion: '8', generation: 3 }],
    ['owners of fields', { managedFields: [{ manager: 'kubectl', operation: 'Update' }] }],
    [
      'copy that kubectl keeps',
      { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
    ],
    ['annotations', { annotations: {} }],
  ])('whatever their %s is', (_, metadata) => {
    expect(isSameObject(object, withMetadata(metadata))).toBe(true)
    expect(isSameObject(withMetadata(metadata), object)).toBe(true)
  })

  it('in whatever order their fields stand', () => {
    expect(isSameObject(object, { ...object, data: { b: '2', a: '1' } })).toBe(true)
  })

  it.each([
    ['value', { ...object, data: { a: '1', b: '3' } }],
    ['missing field', { ...object, data: { a: '1' } }],
    ['status', { ...object, status: { phase: 'x' } }],
    ['label', withMetadata({ labels: { team: 'b' } })],
    ['annotation', withMetadata({ annotations: { team: 'b' } })],
    ['uid', withMetadata({ uid: 'u' })],
    ['deletion', withMetadata({ deletionTimestamp: '2026-01-01T00:00:00Z' })],
    ['finalizer', withMetadata({ finalizers: ['x/y'] })],
  ])('but not with another %s', (_, other) => {
    expect(isSameObject(object, other)).toBe(false)
  })
})
