import { digestOf } from '../digest.ts'
import { isList, isMapping } from '../manifest/field.ts'
import type { Json, Manifest } from '../manifest/manifest.ts'
import { counterpart, isBuiltIn, isKeyed } from './list-key.ts'

/**
 * What is declared, with the live values in the place of what is ignored of it: an apply leaves
 * those as they are (OPT-15). `declared` and `live` are given whole and without what is ignored.
 * What is ignored and not live is not applied either.
 */
export function withLiveValues(declared: Sides, live: Sides): Manifest {
  const isListKeyed: IsKeyed = (name, list) => isBuiltIn(declared.whole) && isKeyed(name, list)
  const written = merge(
    { whole: asJson(declared.whole), left: asJson(declared.left) },
    { whole: asJson(live.whole), left: asJson(live.left) },
    { name: '', isKeyed: isListKeyed },
  )
  return written as unknown as Manifest
}

/** An object, and what is left of it without what is ignored. */
export type Sides = { readonly whole: Manifest; readonly left: Manifest }

type IsKeyed = (name: string, list: readonly Json[]) => boolean
type At = { readonly name: string; readonly isKeyed: IsKeyed }
type Values = { readonly whole: Json; readonly left: Json | undefined }
type LiveValues = { readonly whole: Json | undefined; readonly left: Json | undefined }

/** Undefined for what is ignored and not live. */
function merge(declared: Values, live: LiveValues, at: At): Json | undefined {
  const { whole, left } = declared
  if (left === undefined) return live.whole
  if (isList(whole) && isList(left)) return mergeLists({ whole, left }, live, at)
  if (!isMapping(whole) || !isMapping(left)) return left
  const fields = Object.entries(whole).flatMap(([name, value]) => {
    const inside = { whole: fieldOf(live.whole, name), left: fieldOf(live.left, name) }
    const merged = merge({ whole: value, left: left[name] }, inside, { ...at, name })
    return merged === undefined ? [] : [[name, merged]]
  })
  return Object.fromEntries(fields)
}

type Lists = { readonly whole: readonly Json[]; readonly left: readonly Json[] }

function mergeLists({ whole, left }: Lists, live: LiveValues, at: At): readonly Json[] {
  const lists = { whole: listOf(live.whole), left: listOf(live.left) }
  const find = (list: readonly Json[], element: Json, index: number) =>
    at.isKeyed(at.name, whole) ? counterpart(at.name, element, list) : list[index]
  const isWhole = whole.length === left.length
  // elements without a name that are ignored follow the others, as the list is one for the server
  if (!isWhole && !at.isKeyed(at.name, whole)) return [...left, ...goneFrom(lists)]
  return whole.flatMap((element, index) => {
    const inside = {
      whole: find(lists.whole, element, index),
      left: find(lists.left, element, index),
    }
    const merged = merge({ whole: element, left: find(left, element, index) }, inside, at)
    return merged === undefined ? [] : [merged]
  })
}

/** The elements that are ignored: those of the whole list that are not left. */
function goneFrom({ whole, left }: Lists): readonly Json[] {
  const digests = left.map((element) => digestOf(element))
  return whole.filter((element) => {
    const index = digests.indexOf(digestOf(element))
    if (index >= 0) digests.splice(index, 1)
    return index < 0
  })
}

function fieldOf(value: Json | undefined, name: string): Json | undefined {
  return isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : []
}

function asJson(object: Manifest): Json {
  return object as unknown as Json
}
