import { describe, expect, test } from 'vitest'
import { isChosen, isPattern, type ResourceRule } from './chosen-resources.ts'

const rule = (text: string, exclude = false): ResourceRule => {
  const [group = '', kind = '', name = '', namespace] = text.split(':')
  return { group, kind, name, ...(namespace !== undefined && { namespace }), exclude }
}
const web = { group: 'apps', kind: 'Deployment', name: 'web', namespace: 'shop' }

describe('the resources that a sync is for (SYNC-17)', () => {
  test.each([
    ['one rule that names it', [rule('apps:Deployment:web')], true],
    ['a rule with its namespace', [rule('apps:Deployment:web:shop')], true],
    ['a rule with another namespace', [rule('apps:Deployment:web:other')], false],
    ['stars', [rule('*:Deployment:*:*')], true],
    ['a rule for others', [rule(':Service:web')], false],
    ['a rule that leaves it out', [rule('*:Deployment:*', true)], false],
    ['a rule that leaves others out', [rule('*:Service:*', true)], true],
    [
      'one that takes it in and one that leaves it out',
      [rule('*:*:*'), rule('apps:*:web', true)],
      false,
    ],
  ])('%s', (_, rules, expected) => expect(isChosen(rules, web)).toBe(expected))

  test('only rules with a star, and those that leave out, need to know what there is', () => {
    expect(isPattern(rule('apps:Deployment:web'))).toBe(false)
    expect(isPattern(rule('apps:Deployment:*'))).toBe(true)
    expect(isPattern(rule('apps:Deployment:web', true))).toBe(true)
  })
})
