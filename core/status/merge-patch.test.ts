import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergePatch } from './merge-patch.ts'

function apply(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = apply(result[key], value)
  }
  return result
}
const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.array(fc.integer()),
    tie('object'),
  ),
  object: fc.dictionary(fc.stringMatching(/^[a-d]$/), tie('node'), { maxKeys: 3 }),
})).object

describe('the merge patch between two states (RFC 7396)', () => {
  it('turns the first into the second when it is applied', () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        const patch = mergePatch(before as object, after as object)
        expect(patch === undefined ? before : apply(before, patch)).toEqual(after)
      }),
    )
  })

  it('is nothing when nothing differs', () => {
    fc.assert(
      fc.property(
        value,
        (same) => mergePatch(same as object, structuredClone(same) as object) === undefined,
      ),
    )
  })
})
