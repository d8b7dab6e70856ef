import { expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isKeptFromPrune, isKeptOnDelete } from './kept.ts'

const application = (...syncOptions: readonly string[]) =>
  applicationOf({ spec: { syncPolicy: { syncOptions } } })
const object = (annotations: Readonly<Record<string, string>> = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'config', annotations },
})
const saying = (options: string) => object({ 'argocd.argoproj.io/sync-options': options })

it.each([
  ['Prune', 'OPT-01', isKeptFromPrune],
  ['Delete', 'OPT-03, HIST-08', isKeptOnDelete],
] as const)(
  '%s=false keeps an object; its own word wins over the Application (%s)',
  (name, _, isKept) => {
    expect(isKept(application(), object())).toBe(false)
    expect(isKept(application(), saying(`Replace=true,${name}=false`))).toBe(true)
    expect(isKept(application(`${name}=false`), object())).toBe(true)
    expect(isKept(application(`${name}=false`), saying(`${name}=true`))).toBe(false)
  },
)

it.each([
  ['keep', true],
  ['delete', false],
])(
  'the policy %s of a chart keeps its object from both: %s (HELM-20, HIST-08)',
  (policy, expected) => {
    const ofChart = object({ 'helm.sh/resource-policy': policy })
    expect(isKeptFromPrune(application(), ofChart)).toBe(expected)
    expect(isKeptOnDelete(application(), ofChart)).toBe(expected)
  },
)
