import { expect, it } from 'vitest'
import { isKeptOnDelete } from './sync-option.ts'

it.each([
  ['argocd.argoproj.io/sync-options', 'Prune=false, Delete=false', true],
  ['helm.sh/resource-policy', 'keep', true],
  ['helm.sh/resource-policy', 'delete', false],
  ['argocd.argoproj.io/sync-options', 'Delete=true', false],
])(
  'an object with %s: %s stays when its Application goes: %s (HIST-08)',
  (name, value, expected) => {
    const metadata = { name: 'a', annotations: { [name]: value } }
    expect(isKeptOnDelete({ apiVersion: 'v1', kind: 'ConfigMap', metadata })).toBe(expected)
  },
)
