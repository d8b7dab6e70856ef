import type { Manifest } from '../manifest/manifest.ts'
import { statusOf } from './status.ts'

/** The kinds that an application has objects of, as far as its status knows. */
export function inventoryKinds(
  application: Manifest,
): readonly { readonly group: string; readonly kind: string }[] {
  const { resources = [] } = statusOf(application)
  const kinds = new Map(
    resources.map(({ group = '', kind }) => [`${group}/${kind}`, { group, kind }]),
  )
  return [...kinds.values()]
}
