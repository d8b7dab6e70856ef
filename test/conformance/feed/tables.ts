import { type Application, sourcesIn } from '../../../core/application.ts'
import type { Manifest } from '../../../core/manifest/manifest.ts'
import { needsConfirmation } from '../../../core/plan/confirmation.ts'
import { waveOf } from '../../../core/plan/order.ts'
import { type Phase, phasesOf } from '../../../core/plan/phase.ts'
import { applicationOf } from '../../fixtures/application.ts'
import { feed } from '../corpus.ts'

type Table = {
  readonly test: string
  readonly input: {
    /** A list where more than one hook is asked for, which no function answers. */
    readonly hookType?: string | readonly string[]
    readonly application?: Application['spec']
    readonly sourceIndex?: number
    readonly annot?: Readonly<Record<string, string>>
    readonly syncWave?: string
    readonly appSyncOptions?: readonly string[]
    readonly resourceSyncOptions?: readonly string[]
  }
  readonly expected: Readonly<Record<string, unknown>>
}

const phases: Readonly<Record<string, Phase>> = {
  TestIsPreDeleteHook: 'PreDelete',
  TestIsPostDeleteHook: 'PostDelete',
}

/** Small tables of many parts; some of them have a function here. */
export const tables = feed<Table>(({ test, input, expected }) => {
  const { hookType = '', annot = {}, syncWave = '', application, sourceIndex = 0 } = input
  if (test === 'TestApplicationSpec_GetSourcePtrByIndex' && application !== undefined) {
    const got = sourcesIn({ spec: application })[sourceIndex] ?? null
    return { expected: expected.expected ?? null, got }
  }
  if (typeof hookType !== 'string') return undefined
  const phase = phases[test] ?? (hookType.replace('HookType', '') as Phase)
  if (test === 'TestIsHookOfType' || test in phases) {
    return { expected: expected.expected, got: phasesOf(withAnnotations(annot)).includes(phase) }
  }
  if (test === 'TestCompareAppStateSyncHookSyncWave') {
    const wave = waveOf(withAnnotations({ 'argocd.argoproj.io/sync-wave': syncWave }))
    return { expected: expected.expectedSyncWave, got: wave }
  }
  if (test === 'Test_isObjRequiresDeletionConfirmation') {
    const { appSyncOptions: syncOptions = [], resourceSyncOptions = [] } = input
    const application = applicationOf({ spec: { syncPolicy: { syncOptions } } })
    const object = withAnnotations({
      'argocd.argoproj.io/sync-options': resourceSyncOptions.join(','),
    })
    return { expected: expected.expected, got: needsConfirmation(application, object) }
  }
  return undefined
})

function withAnnotations(annotations: Readonly<Record<string, string>>): Manifest {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'hook', annotations } }
}
