import { describe, expect, it } from 'vitest'
import { applicationObject } from '../../test/fixtures/application.ts'
import { hasNewerStatus, lostStatus } from './lost.ts'

const own = (sequence: number) => ({ sequence, specDigest: 's', observed: 'o' })
const operationState = { phase: 'Running', message: 'applying' }
const status = { sync: { status: 'Synced' }, operationState, driftless: own(2) }
const before = applicationObject({ status })
const terminating = { operationState: { phase: 'Terminating' } }

describe('a status', () => {
  it('is lost when a write has none, or one that has lost our part', () => {
    for (const there of [undefined, null, {}, { sync: { status: 'Unknown' } }]) {
      expect(lostStatus(applicationObject({ status: there }), before)).toEqual(status)
    }
  })

  it('is not lost when there is one of ours, even an older one', () => {
    const older = applicationObject({ status: { driftless: own(1) } })
    expect(lostStatus(older, before)).toBeUndefined()
  })

  it('is not lost when there was none before, or only that of a namesake', () => {
    expect(lostStatus(applicationObject(), undefined)).toBeUndefined()
    expect(lostStatus(applicationObject(), applicationObject())).toBeUndefined()
    const namesake = applicationObject({ metadata: { uid: 'other' } })
    expect(lostStatus(namesake, before)).toBeUndefined()
  })

  it('does not lose the wish to end the operation', () => {
    const wished = applicationObject({ status: terminating })
    expect(lostStatus(wished, before)).toEqual({
      ...status,
      operationState: { ...operationState, phase: 'Terminating' },
    })
    const idle = applicationObject({ status: { driftless: own(1) } })
    expect(lostStatus(wished, idle)).toEqual({ driftless: own(1) })
  })

  it('is newer by its sequence, whatever version the object has', () => {
    const newer = applicationObject({ status: { driftless: own(3) } })
    expect(hasNewerStatus(newer, before)).toBe(true)
    expect(hasNewerStatus(before, newer)).toBe(false)
    expect(hasNewerStatus(before, before)).toBe(false)
    expect(hasNewerStatus(before, applicationObject())).toBe(true)
  })
})
