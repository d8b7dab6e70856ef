import { expect, test } from 'vitest'
import type { Manifest } from './manifest.ts'
import { isKeptOnDelete, isKeptOnPrune } from './sync-option.ts'

const option = 'argocd.argoproj.io/sync-options'
const keep = 'helm.sh/resource-policy'

test.each([
  ['nothing', {}, { prune: false, deletion: false }],
  ['Prune=false (OPT-01)', { [option]: 'Prune=false' }, { prune: true, deletion: false }],
  ['Delete=false (OPT-03)', { [option]: 'a, Delete=false' }, { prune: false, deletion: true }],
  ['keep of Helm (HELM-20)', { [keep]: 'keep' }, { prune: true, deletion: true }],
  ['another policy of Helm (HELM-20)', { [keep]: 'delete' }, { prune: false, deletion: false }],
])('an object with %s stays: %j, %j', (_, annotations, { prune, deletion }) => {
  const metadata = { name: 'a', annotations }
  const object: Manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata }
  expect(isKeptOnPrune(object)).toBe(prune)
  expect(isKeptOnDelete(object)).toBe(deletion)
})
