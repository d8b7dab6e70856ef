import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { waveOf } from './order.ts'
import { isHook, phasesOf } from './phase.ts'

type Row = {
  readonly id: string
  readonly what: string
  readonly manifest: Manifest
  readonly expected: { phases?: unknown; is_hook?: boolean; types?: unknown; wave?: number }
}
const rows: readonly Row[] = readFileSync(
  `${import.meta.dirname}/testdata/attributes.jsonl`,
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const of = (what: string) => rows.filter((row) => row.what === what)

describe('recorded cases', () => {
  test.each(of('phases'))('$id', ({ manifest, expected }) => {
    expect(phasesOf(manifest)).toEqual(expected.phases)
  })
  test.each(of('helm-hook'))('$id', ({ manifest, expected }) => {
    expect(phasesOf(manifest)).toEqual(expected.types)
  })
  test.each(of('hook'))('$id', ({ manifest, expected }) => {
    expect(isHook(manifest)).toBe(expected.is_hook)
  })
  test.each(of('wave'))('$id', ({ manifest, expected }) => {
    expect(waveOf(manifest)).toBe(expected.wave)
  })
})

const annotated = (annotations: Readonly<Record<string, string>>): Manifest => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'a', annotations },
})

test.each([
  [
    'HOOK-01: several phases',
    { 'argocd.argoproj.io/hook': 'PostSync, PreSync' },
    ['PreSync', 'PostSync'],
  ],
  ['HOOK-12: Skip', { 'argocd.argoproj.io/hook': 'Skip' }, []],
  ['HOOK-13: unknown type', { 'argocd.argoproj.io/hook': 'Nonsense' }, []],
  ['HELM-16: upgrade and install', { 'helm.sh/hook': 'pre-install,pre-upgrade' }, ['PreSync']],
  ['HELM-16: after', { 'helm.sh/hook': 'post-install,post-upgrade' }, ['PostSync']],
  ['HELM-16: before a deletion', { 'helm.sh/hook': 'pre-delete' }, ['PreDelete']],
  ['HELM-16: after a deletion', { 'helm.sh/hook': 'post-delete' }, ['PostDelete']],
  ['HELM-16: before and after', { 'helm.sh/hook': 'pre-install,test' }, ['PreSync']],
  ['HELM-16: a test is not supported', { 'helm.sh/hook': 'test' }, []],
  ['HELM-16: crd-install is a resource', { 'helm.sh/hook': 'crd-install' }, ['Sync']],
  ['HELM-16: rollback is not supported', { 'helm.sh/hook': 'post-rollback' }, []],
  [
    'HELM-19: Argo wins over Helm',
    { 'helm.sh/hook': 'pre-install', 'argocd.argoproj.io/hook': 'PostSync' },
    ['PostSync'],
  ],
])('%s', (_, annotations, phases) => {
  expect(phasesOf(annotated(annotations))).toEqual(phases)
})
