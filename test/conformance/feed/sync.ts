import type { Manifest } from '../../../core/manifest/manifest.ts'
import { syncOptionOf } from '../../../core/manifest/sync-option.ts'
import { deletePoliciesOf } from '../../../core/plan/hook.ts'
import { kindRank, orderManifests, waveOf } from '../../../core/plan/order.ts'
import { isHook, phasesOf } from '../../../core/plan/phase.ts'
import { feed } from '../corpus.ts'

type Attributes = {
  readonly what: string
  readonly manifest: Manifest
  readonly value?: string
  readonly option?: string
  readonly expected: object
}

/** What the annotations of an object say about its sync. */
export const attributes = feed<Attributes>((row) => {
  const { what, manifest, value = '', option = '', expected } = row
  switch (what) {
    case 'phases':
      return { expected, got: { phases: phasesOf(manifest) } }
    case 'hook':
    case 'helm-hook':
      return { expected, got: only(expected, hookOf(manifest)) }
    case 'wave':
      return { expected, got: { wave: waveOf(manifest) } }
    case 'delete-policy':
    case 'delete-policies':
      return { expected, got: { [Object.keys(expected)[0] ?? '']: deletePoliciesOf(manifest) } }
    case 'ignored-in-comparison':
      return { expected, got: { ignored: isHook(manifest) } }
    case 'annotation-option-value':
      return { expected, got: { value: syncOptionOf(withOptions(value), option) ?? null } }
    default:
      return undefined
  }
})

function withOptions(text: string): Manifest {
  const annotations = { 'argocd.argoproj.io/sync-options': text }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'object', annotations } }
}

function hookOf(manifest: Manifest): Readonly<Record<string, unknown>> {
  const is = isHook(manifest)
  const types = is ? phasesOf(manifest) : []
  const own = manifest.metadata.annotations?.['argocd.argoproj.io/hook'] ?? ''
  return { is_hook: is, skip: own === 'Skip' && types.length === 0, types }
}

/** The fields that the row asks for. */
function only(expected: object, got: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.keys(expected).map((key) => [key, got[key]]))
}

type Order = {
  readonly kind_order?: readonly string[]
  readonly objects?: readonly { readonly ref: string; readonly manifest: Manifest }[]
  readonly expected_order?: readonly string[]
}

/** In which order the objects of one sync are applied. */
export const order = feed<Order>(
  ({ kind_order: kinds, objects = [], expected_order: expected }) => {
    if (kinds !== undefined) {
      return { expected: kinds, got: [...kinds].sort((a, b) => kindRank(a) - kindRank(b)) }
    }
    const refs = new Map(objects.map(({ ref, manifest }) => [manifest, ref]))
    const ordered = orderManifests([...objects].reverse().map(({ manifest }) => manifest))
    return { expected, got: ordered.map(({ manifest }) => refs.get(manifest)) }
  },
)
