import { describe, expect, it } from 'vitest'
import { withCanonicalFields } from './known-type.ts'

const widget = (spec: object) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a' },
  spec,
})

describe('fields of known types have one spelling (DIFF-11)', () => {
  it.each([
    ['core/Quantity', '1000m', 1],
    ['core/Quantity', '1Gi', '1024Mi'],
    ['meta/v1/Duration', '1h30m', '90m0s'],
    ['core/v1/ResourceList', { cpu: '2000m' }, { cpu: '2' }],
    [
      'core/v1/PodSpec',
      { containers: [{ name: 'a', resources: { limits: { cpu: 2 } } }] },
      { containers: [{ name: 'a', resources: { limits: { cpu: '2000m' } } }] },
    ],
  ])('%s: %j is %j', (type, one, other) => {
    const spelled = (value: unknown) =>
      withCanonicalFields(widget({ field: value }), [{ field: 'spec.field', type }])
    expect(spelled(one)).toEqual(spelled(other))
    expect(spelled(one)).not.toEqual(spelled('3'))
  })

  it('passes lists on the way, and leaves other fields and other texts as they are', () => {
    const fields = [{ field: 'spec.rules.size', type: 'core/Quantity' }]
    const given = widget({
      rules: [{ size: '500m', name: '500m' }, { size: 'small' }, {}],
      size: '1k',
    })
    expect(withCanonicalFields(given, fields)).toEqual(
      widget({ rules: [{ size: '0.5', name: '500m' }, { size: 'small' }, {}], size: '1k' }),
    )
  })
})
