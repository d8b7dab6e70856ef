import { describe, expect, it } from 'vitest'
import { CommandEnd } from '../exit.ts'
import { specPatch, withoutNulls } from './source-options.ts'

describe('the options of app create and app set (CLI-05)', () => {
  it('touch only what they name', () => {
    expect(specPatch({})).toEqual({})
    expect(specPatch({ revision: 'v2' })).toEqual({ source: { targetRevision: 'v2' } })
    expect(specPatch({ selfHeal: false })).toEqual({
      syncPolicy: { automated: { selfHeal: false } },
    })
  })

  it('replace the address of a cluster by its name, and the other way round', () => {
    expect(specPatch({ destName: 'prod' })).toEqual({ destination: { name: 'prod', server: null } })
    expect(specPatch({ destServer: 'https://a' })).toEqual({
      destination: { server: 'https://a', name: null },
    })
  })

  it('switch automation on and off', () => {
    expect(specPatch({ syncPolicy: 'manual' })).toEqual({ syncPolicy: { automated: null } })
    expect(specPatch({ syncPolicy: 'auto', autoPrune: true })).toEqual({
      syncPolicy: { automated: { prune: true, enabled: null } },
    })
    expect(() => specPatch({ syncPolicy: 'sometimes' })).toThrow(CommandEnd)
  })

  it('declare a new application without removals', () => {
    const patch = specPatch({ destName: 'prod', syncPolicy: 'auto' })
    expect(withoutNulls(patch)).toEqual({
      destination: { name: 'prod' },
      syncPolicy: { automated: {} },
    })
  })
})
