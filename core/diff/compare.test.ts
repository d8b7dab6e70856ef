import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject, Manifest } from '../manifest/manifest.ts'
import { compareObject } from './compare.ts'
import { fieldManager } from './managers.ts'
import { declaredBeyond, ownedDigest } from './owned.ts'

const owned = (fieldsV1: JsonObject) => [{ manager: fieldManager, operation: 'Apply', fieldsV1 }]

const port = 'k:{"port":80,"protocol":"TCP"}'
const desired: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', labels: { team: 'a' } },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
}
const fields: JsonObject = {
  'f:metadata': { 'f:labels': { 'f:team': {} } },
  'f:spec': {
    'f:selector': { 'f:app': {} },
    'f:ports': { [port]: { '.': {}, 'f:port': {} } },
  },
}
const live: Manifest = {
  ...desired,
  metadata: { ...desired.metadata, uid: 'u', resourceVersion: '7', managedFields: owned(fields) },
  spec: {
    selector: { app: 'web' },
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    clusterIP: '10.96.0.1',
  },
  status: { loadBalancer: {} },
}
const withSpec = (spec: object, managed: JsonObject = fields): Manifest => ({
  ...live,
  metadata: { ...live.metadata, managedFields: owned(managed) },
  spec: { ...(live.spec as object), ...spec },
})

describe('comparing a declared object with the live one', () => {
  it('proves equality across defaults of the server and fields of others', () => {
    expect(compareObject(desired, live)).toEqual({ verdict: 'equal' })
  })

  it('says missing when there is no live object', () => {
    expect(compareObject(desired, undefined)).toEqual({ verdict: 'missing' })
  })

  it('leaves a changed value to the server and names its path', () => {
    const changed = withSpec({ selector: { app: 'api' } })
    expect(compareObject(desired, changed)).toEqual({
      verdict: 'unproven',
      fields: ['/spec/selector/app'],
    })
  })

  it('sees a field that was removed from the manifest by what we still own', () => {
    const left = withSpec(
      { type: 'NodePort' },
      { ...fields, 'f:spec': { ...(fields['f:spec'] as JsonObject), 'f:type': {} } },
    )
    expect(compareObject(desired, left)).toEqual({ verdict: 'unproven', fields: ['/spec/type'] })
  })

  it('sees an element that was removed from the manifest in the same way', () => {
    const both = [{ port: 80 }, { port: 443 }]
    const other = 'k:{"port":443,"protocol":"TCP"}'
    const ports = { [port]: { '.': {}, 'f:port': {} }, [other]: { '.': {}, 'f:port': {} } }
    const left = withSpec(
      { ports: both.map((one) => ({ ...one, protocol: 'TCP' })) },
      { ...fields, 'f:spec': { 'f:selector': { 'f:app': {} }, 'f:ports': ports } },
    )
    expect(compareObject(desired, left)).toMatchObject({ fields: ['/spec/ports/1'] })
  })

  it('sees a field that somebody took over, though its value is still the same', () => {
    const taken = withSpec(
      {},
      { ...fields, 'f:spec': { 'f:ports': { [port]: { '.': {}, 'f:port': {} } } } },
    )
    expect(compareObject(desired, taken)).toEqual({ verdict: 'unproven', fields: [] })
  })

  it('leaves the status to its controller (DIFF-09)', () => {
    const reported = { ...live, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }
    const declared = { ...desired, status: { loadBalancer: {} } }
    expect(compareObject(declared, reported)).toEqual({ verdict: 'equal' })
    const foreign = { ...reported, metadata: { ...reported.metadata, managedFields: [] } }
    expect(compareObject(declared, foreign)).toEqual({ verdict: 'unproven', fields: [] })
  })

  it('does not believe an object that we never applied', () => {
    const foreign = { ...live, metadata: { ...live.metadata, managedFields: [] } }
    expect(compareObject(desired, foreign).verdict).toBe('unproven')
  })

  it('calls an object that owns exactly what it declares equal, whatever its shape', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean())
    const tree = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,6}$/),
      fc.oneof(leaf, fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), leaf, { minKeys: 1 })),
      { minKeys: 1 },
    )
    fc.assert(
      fc.property(tree, (data) => {
        const declared: Manifest = {
          apiVersion: 'example.com/v1',
          kind: 'Thing',
          metadata: { name: 'x' },
          data,
        }
        const applied = {
          ...declared,
          metadata: { name: 'x', managedFields: owned(fieldsOf({ data }) as JsonObject) },
        }
        return compareObject(declared, applied).verdict === 'equal'
      }),
    )
  })
})

describe('the digest of what we own', () => {
  it('stays while others change the rest of the object', () => {
    expect(ownedDigest(withSpec({ clusterIP: '10.96.0.2', sessionAffinity: 'None' }))).toBe(
      ownedDigest(live),
    )
  })

  it('changes with a value, and with the loss of a field', () => {
    expect(ownedDigest(withSpec({ selector: { app: 'api' } }))).not.toBe(ownedDigest(live))
    expect(ownedDigest(withSpec({}, {}))).not.toBe(ownedDigest(live))
  })
})

describe('what is declared and not ours', () => {
  const declared = (spec: object): Manifest => ({ ...desired, spec })

  it('is nothing after our apply', () => {
    expect(declaredBeyond(desired, live)).toBeUndefined()
  })

  it('is a field that somebody else wrote, and counts with its value', () => {
    const given = declared({ selector: { app: 'web' }, clusterIP: '10.96.0.1' })
    const fields = declaredBeyond(given, live)
    expect(fields).toEqual({ 'f:spec': { 'f:clusterIP': {} } })
    const changed = withSpec({ clusterIP: '10.96.0.2' })
    expect(ownedDigest(changed, fields)).not.toBe(ownedDigest(live, fields))
    expect(ownedDigest(changed)).toBe(ownedDigest(live))
  })

  it('is every declared field where we applied nothing on the server’s side', () => {
    const theirs: Manifest = { ...live, metadata: { name: 'web' } }
    const beyond = declaredBeyond(declared({ type: 'ClusterIP', sessionAffinity: {} }), theirs)
    expect(beyond).toMatchObject({ 'f:spec': { 'f:type': {}, 'f:sessionAffinity': {} } })
    const other = (spec: object) => ownedDigest({ ...theirs, spec }, beyond)
    expect(other({ ...(theirs.spec as object), type: 'NodePort' })).not.toBe(
      ownedDigest(theirs, beyond),
    )
    expect(other({ ...(theirs.spec as object), ports: [] })).toBe(ownedDigest(theirs, beyond))
  })

  it('is a whole list when one of its elements is not ours', () => {
    const given = declared({ selector: { app: 'web' }, ports: [{ port: 1 }, { port: 2 }] })
    expect(declaredBeyond(given, live)).toEqual({ 'f:spec': { 'f:ports': {} } })
  })
})

function fieldsOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [`f:${key}`, fieldsOf(inner)]),
  )
}
