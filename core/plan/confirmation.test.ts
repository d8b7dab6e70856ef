import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import { isConfirmed, isToBeConfirmed } from './confirmation.ts'

const live = (options: string) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap' },
  metadata: { name: 'a', annotations: { 'argocd.argoproj.io/sync-options': options } },
})
const application = (...syncOptions: readonly string[]) =>
  applicationOf({ spec: { syncPolicy: { syncOptions } } })
const approved = (text: string) =>
  applicationOf({ metadata: { annotations: { 'argocd.argoproj.io/deletion-approved': text } } })

describe('a deletion that is to be confirmed', () => {
  it('is asked for by the object, else by its application (OPT-02, OPT-04)', () => {
    expect(isToBeConfirmed(application(), live('Prune=confirm'), 'Prune')).toBe(true)
    expect(isToBeConfirmed(application(), live('Prune=confirm'), 'Delete')).toBe(false)
    expect(isToBeConfirmed(application('Delete=confirm'), live(''), 'Delete')).toBe(true)
    expect(isToBeConfirmed(application('Prune=confirm'), live('Prune=true'), 'Prune')).toBe(false)
  })

  it('is confirmed by a time that is not before its begin, in whole seconds', () => {
    const since = Date.parse('2026-01-01T00:00:10.700Z')
    expect(isConfirmed(approved('2026-01-01T00:00:10Z'), since)).toBe(true)
    expect(isConfirmed(approved('2026-01-01T01:00:09+01:00'), since)).toBe(false)
    expect(isConfirmed(approved('true'), since)).toBe(false)
    expect(isConfirmed(application(), since)).toBe(false)
  })
})
