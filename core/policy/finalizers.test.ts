import { describe, expect, it } from 'vitest'
import { deletionOf, resourcesFinalizer, withHookFinalizers } from './finalizers.ts'

const before = 'pre-delete-finalizer.argocd.argoproj.io'
const after = 'post-delete-finalizer.argocd.argoproj.io'

describe('the finalizers of an Application', () => {
  it('are kept with those that declared hooks of a deletion ask for (HOOK-14, HOOK-15)', () => {
    expect(withHookFinalizers(['foreign/one'], new Set(['PreDelete', 'PostSync']))).toEqual([
      ...['foreign/one', before, `${before}/cleanup`],
    ])
    expect(withHookFinalizers([before, resourcesFinalizer], new Set(['PostDelete']))).toEqual([
      ...[resourcesFinalizer, after, `${after}/cleanup`],
    ])
  })

  it('are left as they are when they ask for what is declared', () => {
    const held = [before, `${before}/cleanup`, resourcesFinalizer]
    expect(withHookFinalizers(held, new Set(['PreDelete']))).toEqual(held)
  })

  it('say what is left to do of a deletion (HIST-05, HIST-06)', () => {
    expect(deletionOf(['foreign/one'])).toBeUndefined()
    expect(deletionOf([`${resourcesFinalizer}/background`])).toEqual({
      ...{ before: false, resources: true, after: false },
    })
    expect(deletionOf([before, `${after}/cleanup`])).toEqual({
      ...{ before: true, resources: false, after: true },
    })
  })
})
