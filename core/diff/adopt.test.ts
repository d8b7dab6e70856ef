import { describe, expect, it } from 'vitest'
import type { ManagedFields, Manifest } from '../manifest/manifest.ts'
import { adoptedOwners, isToBeAdopted, updatingOwners } from './adopt.ts'

const live = (managedFields: readonly ManagedFields[], annotations = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', annotations, managedFields },
})
const entry = (manager: string, operation: string, ...names: readonly string[]): ManagedFields => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsV1: { 'f:data': Object.fromEntries(names.map((name) => [`f:${name}`, {}])) },
})
const all = { adoptKubectl: true }

describe('an object that others applied before (OPT-13)', () => {
  it.each([
    ['kubectl-client-side-apply', 'Update'],
    ['argocd-controller', 'Update'],
    ['argocd-controller', 'Apply'],
  ])('gives what %s owns by %s to us', (manager, operation) => {
    const others = entry('somebody', 'Update', 'theirs')
    const owned = live([entry(manager, operation, 'one', 'two'), others])
    expect(isToBeAdopted(owned, all)).toBe(true)
    expect(adoptedOwners(owned, all)).toEqual([others, entry('driftless', 'Apply', 'one', 'two')])
  })

  it('joins it with what we own already', () => {
    const both = [
      entry('driftless', 'Apply', 'one', 'two'),
      entry('kubectl-client-side-apply', 'Update', 'two', 'three'),
    ]
    const [joined, ...others] = adoptedOwners(live(both), all) ?? []
    expect(others).toEqual([])
    expect(Object.keys(joined?.fieldsV1?.['f:data'] ?? {}).sort()).toEqual([
      'f:one',
      'f:three',
      'f:two',
    ])
  })

  it('leaves what kubectl edited, scaled or set as a status to kubectl', () => {
    const status = { ...entry('argocd-controller', 'Update', 'x'), subresource: 'status' }
    const untouched = live([entry('kubectl-edit', 'Update', 'one'), status])
    expect(isToBeAdopted(untouched, all)).toBe(false)
    expect(adoptedOwners(untouched, all)).toBeUndefined()
  })

  it("leaves kubectl's copy of the object to nobody", () => {
    const copy = { 'f:kubectl.kubernetes.io/last-applied-configuration': {} }
    const metadata = { 'f:metadata': { 'f:annotations': { '.': {}, ...copy } } }
    const applied = entry('kubectl-client-side-apply', 'Update', 'one')
    const owned = live([{ ...applied, fieldsV1: { ...applied.fieldsV1, ...metadata } }])
    expect(adoptedOwners(owned, all)).toEqual([
      {
        ...entry('driftless', 'Apply', 'one'),
        fieldsV1: { 'f:data': { 'f:one': {} }, 'f:metadata': {} },
      },
    ])
  })

  it('is left to kubectl with ClientSideApplyMigration=false, and another manager can be named', () => {
    const byKubectl = live([entry('kubectl-client-side-apply', 'Update', 'one')])
    expect(isToBeAdopted(byKubectl, { adoptKubectl: false })).toBe(false)
    const annotation = { 'argocd.argoproj.io/client-side-apply-migration-manager': 'our-tool' }
    expect(isToBeAdopted(live([entry('our-tool', 'Update', 'one')], annotation), all)).toBe(true)
  })
})

describe('an object that we applied on the client’s side (OPT-12)', () => {
  const copy = { 'f:annotations': { 'f:kubectl.kubernetes.io/last-applied-configuration': {} } }
  const updated = entry('driftless', 'Update', 'one')
  const ours: ManagedFields = { ...updated, fieldsV1: { ...updated.fieldsV1, 'f:metadata': copy } }

  it('is taken over when we apply on the server’s side again, with the copy, which then goes', () => {
    expect(isToBeAdopted(live([ours]), { adoptKubectl: false })).toBe(true)
    expect(adoptedOwners(live([ours]), { adoptKubectl: false })).toEqual([
      { ...ours, operation: 'Apply' },
    ])
    expect(isToBeAdopted(live([updated]), all)).toBe(false)
  })

  it('is not taken over from anybody while that is our way', () => {
    const byKubectl = live([ours, entry('kubectl-client-side-apply', 'Update', 'one')])
    expect(isToBeAdopted(byKubectl, { ...all, clientSide: true })).toBe(false)
  })

  it('takes over what we own by server-side apply', () => {
    const others = entry('somebody', 'Update', 'theirs')
    const applied = entry('driftless', 'Apply', 'two')
    const joined = {
      ...ours,
      fieldsV1: { ...entry('', '', 'one', 'two').fieldsV1, 'f:metadata': copy },
    }
    expect(updatingOwners(live([applied, others, ours]))).toEqual([others, joined])
    expect(updatingOwners(live([others, ours]))).toBeUndefined()
  })
})
