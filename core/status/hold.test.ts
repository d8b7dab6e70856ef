import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import {
  newYear,
  newYearText,
  own,
  rendered,
  reporting,
  request,
  statusReport,
} from '../../test/fixtures/report.ts'
import { holdAfter } from './hold.ts'

describe('the hold of a rollback (design §8)', () => {
  const automated = applicationOf()
  const manual = applicationOf({ spec: { syncPolicy: {} } })
  const back = { ...request, revision: 'r1', rollbackTo: 3 }
  const tracked = own({ inputs: 'i9' })
  const hold = { revision: 'r1', id: 3, by: 'kim', at: newYearText, inputs: 'i9' }

  it('begins when a person goes to a revision that renders from something else (SYNC-22)', () => {
    expect(holdAfter(automated, tracked, reporting({ request: back }))).toEqual(hold)
    const named = { ...request, revision: 'r1' }
    expect(holdAfter(automated, tracked, reporting({ request: named }))?.id).toBe(-1)
    const same = own({ inputs: rendered.inputs })
    expect(holdAfter(automated, same, reporting({ request: back }))).toBeUndefined()
  })

  it('does not begin where nothing is automated, nor by a trial', () => {
    expect(holdAfter(manual, tracked, reporting({ request: back }))).toBeUndefined()
    const trial = { ...back, dryRun: true }
    expect(holdAfter(automated, tracked, reporting({ request: trial }))).toBeUndefined()
  })

  it('waits for news of what was left first, however often one goes back', () => {
    const again = reporting({ request: { ...back, rollbackTo: 1 } }, { at: newYear + 60_000 })
    const later = holdAfter(automated, own({ inputs: 'i1', hold: { ...hold, inputs: 'i9' } }), {
      ...again,
      rendered: { ...rendered, inputs: 'i0' },
    })
    expect(later).toEqual({ ...hold, id: 1 })
  })

  it('lasts through self-heals, parts, trials, failures and reports of health', () => {
    const held = own({ inputs: 'i1', hold })
    const resources = [{ group: '', kind: 'ConfigMap', name: 'c' }]
    for (const facts of [
      { heal: true },
      { request: { ...request, resources } },
      { request: { ...request, dryRun: true } },
      { phase: 'Failed' },
      { phase: 'Running' },
    ] as const) {
      expect(holdAfter(automated, held, reporting(facts))).toBe(hold)
    }
    expect(holdAfter(automated, held, statusReport())).toBe(hold)
  })

  it('ends with a whole sync that succeeded, automated or by hand', () => {
    const held = own({ inputs: 'i1', hold })
    expect(holdAfter(automated, held, reporting({}))).toBeUndefined()
    expect(holdAfter(automated, held, reporting({ request }))).toBeUndefined()
  })

  it('says why when it was no person who went back', () => {
    const because = 'back to deployment 3 (r1), because r9 failed'
    const asked = reporting({ request: { ...back, because } })
    expect(holdAfter(automated, tracked, asked)).toEqual({ ...hold, because })
  })

  it('ends when Git shows something else that is live already, as after a revert', () => {
    const held = own({ inputs: 'i9', hold })
    const compared = statusReport({ rendered })
    expect(holdAfter(automated, held, compared, 'Synced')).toBeUndefined()
    expect(holdAfter(automated, held, compared, 'OutOfSync')).toBe(hold)
    const left = statusReport({ rendered: { ...rendered, inputs: 'i9' } })
    expect(holdAfter(automated, held, left, 'Synced')).toBe(hold)
  })
})
