import type { Manifest } from '../../../core/manifest/manifest.ts'
import { waveOf } from '../../../core/plan/order.ts'
import { type Phase, phasesOf } from '../../../core/plan/phase.ts'
import { feed } from '../corpus.ts'

type Table = {
  readonly test: string
  readonly input: {
    readonly hookType?: string
    readonly annot?: Readonly<Record<string, string>>
    readonly syncWave?: string
  }
  readonly expected: Readonly<Record<string, unknown>>
}

const phases: Readonly<Record<string, Phase>> = {
  TestIsPreDeleteHook: 'PreDelete',
  TestIsPostDeleteHook: 'PostDelete',
}

/** Small tables of many parts; only those about hooks have a function here. */
export const tables = feed<Table>(({ test, input, expected }) => {
  const { hookType = '', annot = {}, syncWave = '' } = input
  const phase = phases[test] ?? (hookType.replace('HookType', '') as Phase)
  if (test === 'TestIsHookOfType' || test in phases) {
    return { expected: expected.expected, got: phasesOf(withAnnotations(annot)).includes(phase) }
  }
  if (test === 'TestCompareAppStateSyncHookSyncWave') {
    const wave = waveOf(withAnnotations({ 'argocd.argoproj.io/sync-wave': syncWave }))
    return { expected: expected.expectedSyncWave, got: wave }
  }
  return undefined
})

function withAnnotations(annotations: Readonly<Record<string, string>>): Manifest {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'hook', annotations } }
}
