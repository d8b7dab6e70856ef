import { describe, expect, it } from 'vitest'
import { announcementOf, isNotice } from './announcement.ts'

const notice = (annotations: object, more: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { message: 'shop goes live' }, ...more },
  metadata: {
    ...{ name: 'hello', namespace: 'shop' },
    annotations: { 'argocd.argoproj.io/hook': 'PostSync', ...annotations },
  },
})
const run = { operation: 'argocd/shop/1', startedAt: 1, phase: 'PostSync' } as const
const toDeploys = { 'driftless.dev/notify': 'slack:#deploys' }

describe('a notice', () => {
  it('is a hook that names whom it tells', () => {
    expect(isNotice(notice(toDeploys))).toBe(true)
    expect(isNotice(notice({}))).toBe(false)
    const plain = { ...notice({}), metadata: { name: 'x', annotations: toDeploys } }
    expect(isNotice(plain)).toBe(false)
  })

  it('says the text of its ConfigMap, or of its annotation', () => {
    expect(announcementOf(notice(toDeploys), run)).toEqual({
      ...{ operation: 'argocd/shop/1', startedAt: 1, channel: '#deploys' },
      ...{ part: 'PostSync /ConfigMap/shop/hello', text: 'shop goes live' },
    })
    const annotated = notice({ ...toDeploys, 'driftless.dev/message': 'done' }, { kind: 'Pod' })
    expect(announcementOf(annotated, run).text).toBe('done')
  })

  it('is refused with what is to be written, and never says what a Secret holds', () => {
    expect(() => announcementOf(notice({ 'driftless.dev/notify': 'mail:x' }), run)).toThrow(
      'driftless.dev/notify is "mail:x"; write slack: and the channel',
    )
    expect(() => announcementOf(notice(toDeploys, { kind: 'Secret' }), run)).toThrow(
      'it says nothing; give its text',
    )
  })
})
