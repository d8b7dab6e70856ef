import { type Application, sourcesIn } from '../../../core/application.ts'
import { eventLabels, readLabelKeys } from '../../../core/event/labels.ts'
import type { Manifest } from '../../../core/manifest/manifest.ts'
import { needsConfirmation } from '../../../core/plan/confirmation.ts'
import { waveOf } from '../../../core/plan/order.ts'
import { type Phase, phasesOf } from '../../../core/plan/phase.ts'
import { isChosen, type ResourceRule } from '../../../core/policy/chosen-resources.ts'
import { readWindow, type SyncWindow } from '../../../core/window/window.ts'
import { applicationOf } from '../../fixtures/application.ts'
import { type Answer, feed } from '../corpus.ts'

type Texts = Readonly<Record<string, string>>
type Input = {
  /** A list where more than one hook is asked for, which no function answers. */
  readonly hookType?: string | readonly string[]
  readonly application?: Application['spec']
  readonly sourceIndex?: number
  readonly annot?: Texts | null
  readonly syncWave?: string
  readonly appSyncOptions?: readonly string[] | null
  readonly resourceSyncOptions?: readonly string[] | null
  readonly window?: SyncWindow
  /** Labels that are asked for, or what other tests call so. */
  readonly data?: unknown
  readonly cmInEventLabelKeys?: string
  readonly cmExEventLabelKeys?: string
  readonly appLabels?: Texts | null
  readonly projLabels?: Texts | null
  readonly gvk?: { readonly group?: string; readonly kind?: string }
  readonly name?: string
  readonly namespace?: string
  readonly syncOperationResource?: readonly (Partial<ResourceRule> | null)[] | null
}
type Expected = Readonly<Record<string, unknown>>
type Table = { readonly test: string; readonly input: Input; readonly expected: Expected }

/** Small tables of many parts, by the test that they are cut from; some of them have a function here. */
export const tables = feed<Table>(({ test, input, expected }) => answers[test]?.(input, expected))

const answers: Readonly<Record<string, (input: Input, expected: Expected) => Answer | undefined>> =
  {
    TestApplicationSpec_GetSourcePtrByIndex({ application, sourceIndex = 0 }, { expected = null }) {
      if (application === undefined) return undefined
      return { expected, got: sourcesIn({ spec: application })[sourceIndex] ?? null }
    },
    TestSyncWindow_Hash: ({ window }, { expectError }) =>
      window && { expected: expectError, got: 'problem' in readWindow(window) },
    TestSettingsManager_GetEventLabelKeys: ({ data }, { expectedKeys }) => ({
      expected: expectedKeys ?? [],
      got: readLabelKeys(() => String(data ?? '')).include,
    }),
    TestGetAppEventLabels(input, { expectedEventLabels }) {
      const { cmInEventLabelKeys: include, cmExEventLabelKeys: exclude } = input
      const keys = readLabelKeys((key) => (key.includes('include') ? include : exclude))
      const got = eventLabels(keys, input.appLabels ?? {}, input.projLabels ?? {})
      return { expected: expectedEventLabels ?? {}, got }
    },
    TestIncludeResource({ gvk, name = '', namespace = '', syncOperationResource }, expected) {
      const none = { group: '', kind: '', name: '', exclude: false }
      const rules = (syncOperationResource ?? []).map((rule) => ({ ...none, ...rule }))
      const { group = '', kind = '' } = gvk ?? {}
      return {
        expected: expected.expectedResult,
        got: isChosen(rules, { group, kind, name, namespace }),
      }
    },
    TestIsHookOfType: ({ hookType, annot }, { expected }) =>
      typeof hookType === 'string'
        ? { expected, got: hasPhase(annot, hookType.replace('HookType', '')) }
        : undefined,
    TestIsPreDeleteHook: ({ annot }, { expected }) => ({
      expected,
      got: hasPhase(annot, 'PreDelete'),
    }),
    TestIsPostDeleteHook: ({ annot }, { expected }) => ({
      expected,
      got: hasPhase(annot, 'PostDelete'),
    }),
    TestCompareAppStateSyncHookSyncWave: ({ syncWave = '' }, { expectedSyncWave }) => ({
      expected: expectedSyncWave,
      got: waveOf(annotated({ 'argocd.argoproj.io/sync-wave': syncWave })),
    }),
    Test_isObjRequiresDeletionConfirmation(input, { expected }) {
      const application = applicationOf({
        spec: { syncPolicy: { syncOptions: input.appSyncOptions ?? [] } },
      })
      const options = (input.resourceSyncOptions ?? []).join(',')
      const object = annotated({ 'argocd.argoproj.io/sync-options': options })
      return { expected, got: needsConfirmation(application, object) }
    },
  }

function hasPhase(annotations: Texts | null | undefined, phase: string): boolean {
  return phasesOf(annotated(annotations ?? {})).includes(phase as Phase)
}

function annotated(annotations: Texts): Manifest {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'hook', annotations } }
}
