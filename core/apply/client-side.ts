import { updatingOwners } from '../diff/adopt.ts'
import { ownable, ownedFields } from '../diff/owned.ts'
import { ownedValues } from '../diff/owned-values.ts'
import { mappingOf } from '../manifest/field.ts'
import { lastAppliedIn, withLastApplied } from '../manifest/last-applied.ts'
import type { Json, JsonObject, Manifest } from '../manifest/manifest.ts'
import { nowhere, type Place } from './patch-schema.ts'
import { mappingPatch } from './three-way-patch.ts'

/**
 * The patch that applies an object on the client's side (OPT-12): three-way, with what was applied
 * last in the annotation that kubectl uses. It holds for this very state of the object only. A
 * strategic merge patch with a place, else a JSON merge patch; undefined when there is nothing to change.
 */
export function clientSidePatch(
  desired: Manifest,
  live: Manifest,
  place: Place | undefined,
): JsonObject | undefined {
  const applied = lastApplied(live)
  const declared = ownable(withLastApplied(desired))
  const { metadata, ...rest } = mappingPatch(place ?? nowhere, {
    applied,
    desired: place === undefined ? withFinalizersOfOthers(declared, applied, live) : declared,
    live: live as unknown as JsonObject,
  })
  const managedFields = updatingOwners(live)
  const isNothing = metadata === undefined && Object.keys(rest).length === 0
  if (isNothing && managedFields === undefined) return undefined
  const { resourceVersion = '', uid = '' } = live.metadata
  const head = { ...mappingOf(metadata), resourceVersion, uid }
  return { ...rest, metadata: { ...head, ...(managedFields && { managedFields }) } as JsonObject }
}

/**
 * What we declared last: what the API server remembers of our server-side apply, so that a change to
 * the other way forgets nothing; else what the annotation says, whoever wrote it.
 */
function lastApplied(live: Manifest): JsonObject {
  const owned = ownedFields(live)
  if (owned !== undefined) {
    const values = ownedValues(live as unknown as Json, owned)
    return ownable({ metadata: {}, ...mappingOf(values) } as Manifest)
  }
  const applied = lastAppliedIn(live)
  return applied === undefined ? {} : ownable(applied)
}

/** In a JSON merge patch a list is one value, but finalizers are many people's. */
function withFinalizersOfOthers(
  declared: JsonObject,
  applied: JsonObject,
  { metadata: { finalizers: there = [] } }: Manifest,
): JsonObject {
  const { metadata } = declared
  const [wanted, before] = [finalizersOf(declared), finalizersOf(applied)]
  if (wanted.length === 0 && before.length === 0) return declared
  const kept = there.filter((name) => wanted.includes(name) || !before.includes(name))
  const finalizers = [...kept, ...wanted.filter((name) => !kept.includes(name))]
  return { ...declared, metadata: { ...mappingOf(metadata), finalizers } as JsonObject }
}

function finalizersOf(object: JsonObject): readonly string[] {
  return (mappingOf(object.metadata).finalizers ?? []) as readonly string[]
}
