import { describe, expect, it } from 'vitest'
import type { JsonObject, Manifest } from '../manifest/manifest.ts'
import { fieldManager } from './managers.ts'
import { holds, proofOf, proofOfMissing } from './proof.ts'

const declared: Manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  data: { one: '1' },
}
const live = (names: readonly string[], data: object, resourceVersion = '7'): Manifest => ({
  ...declared,
  metadata: {
    name: 'a',
    resourceVersion,
    managedFields: [
      {
        manager: fieldManager,
        operation: 'Apply',
        fieldsV1: {
          'f:data': { '.': {}, ...Object.fromEntries(names.map((name) => [`f:${name}`, {}])) },
        } as JsonObject,
      },
    ],
  },
  data,
})
const proofAt = (object: Manifest, more = {}) =>
  proofOf({ digest: 'd', manifest: declared, ...more }, object)

describe('the proof that applying changes nothing (DIFF-17)', () => {
  it('holds while our fields and their values stay, whatever others change (AUTO-15)', () => {
    const proof = proofAt(live(['one'], { one: '1' }))
    expect(proof).toEqual({ desired: 'd', at: '7', owned: expect.any(String) })
    expect(holds(proof, live(['one'], { one: '1', theirs: 'x' }, '8'))).toBe(true)
    expect(holds(proof, live(['one'], { one: '2' }, '8'))).toBe(false)
    expect(holds(proof, live([], { one: '1' }, '8'))).toBe(false)
  })

  it('ends with the value of a field that is declared and was written by somebody else', () => {
    const proof = proofAt(live([], { one: '1' }))
    expect(holds(proof, live([], { one: '1', theirs: 'x' }, '8'))).toBe(true)
    expect(holds(proof, live([], { one: '2' }, '8'))).toBe(false)
  })

  it('does not end with a value that is ignored', () => {
    const proof = proofAt(live([], { one: '1' }), { compared: { ...declared, data: {} } })
    expect(holds(proof, live([], { one: '2' }, '8'))).toBe(true)
  })

  it('of a difference ends when somebody writes a declared field, or the object comes', () => {
    const proof = proofAt(live([], { one: '2' }), { differs: true })
    expect(proof.differs).toBe(true)
    expect(holds(proof, live([], { one: '2', theirs: 'x' }, '8'))).toBe(true)
    expect(holds(proof, live([], { one: '1' }, '8'))).toBe(false)
    expect(holds(proofOfMissing('d'), live([], {}))).toBe(false)
  })

  it('tells elements of a list apart that share a part of their key', () => {
    const ports = [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP', name: 'http3' }]
    const { apiVersion, kind, metadata } = declared
    const manifest: Manifest = { apiVersion, kind, metadata, ports }
    const key = (protocol: string) => `k:{"containerPort":80,"protocol":"${protocol}"}`
    const fieldsV1 = {
      'f:ports': {
        [key('TCP')]: { '.': {}, 'f:containerPort': {} },
        [key('UDP')]: { '.': {}, 'f:containerPort': {}, 'f:name': {}, 'f:protocol': {} },
      },
    }
    const managedFields = [{ manager: fieldManager, operation: 'Apply', fieldsV1 }]
    const proof = proofOf(
      { digest: 'd', manifest },
      { ...manifest, metadata: { name: 'a', managedFields } },
    )
    expect(proof.onlyThere).toBeUndefined()
    expect(proof.beyond).toBeUndefined()
  })

  it('is for this state only while we own what is declared no more: who else owns it is not known', () => {
    const proof = proofAt(live(['one', 'two'], { one: '1', two: '2' }))
    expect(holds(proof, live(['one', 'two'], { one: '1', two: '2' }))).toBe(true)
    expect(holds(proof, live(['one', 'two'], { one: '1', two: '2' }, '8'))).toBe(false)
  })
})
