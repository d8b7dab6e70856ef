import { isList, isMapping } from '../manifest/field.ts'
import { lastAppliedIn } from '../manifest/last-applied.ts'
import type { Json, Manifest } from '../manifest/manifest.ts'
import { quantityOf } from '../manifest/quantity.ts'
import { counterpart, isBuiltIn, isKeyed } from './list-key.ts'
import { ownable } from './owned.ts'
import { pointerTo } from './pointer.ts'

const quantities = new Set(['limits', 'requests', 'hard', 'capacity', 'overhead', 'defaultRequest'])

/**
 * The fields that an apply would change, as far as it can be told without the server (DIFF-01):
 * declared values that are not live, and what was applied last and is declared no more. In built-in
 * kinds elements of lists are told apart by their keys and quantities by their amount (DIFF-11).
 */
export function threeWayFields(desired: Manifest, live: Manifest): readonly string[] {
  const walk: Walk = { builtIn: isBuiltIn(desired), fields: [] }
  const [wanted, found] = [ownable(desired), live as unknown as Json]
  compare(walk, wanted, found, [])
  const applied = lastAppliedIn(live)
  if (applied !== undefined) removed(walk, withoutAggregated(applied), wanted, found, [])
  return walk.fields
}

type Walk = { readonly builtIn: boolean; readonly fields: string[] }
type Path = readonly string[]

function compare(walk: Walk, desired: Json, live: Json | undefined, path: Path): void {
  if (isNothing(walk, desired) && (live === undefined || isNothing(walk, live))) return
  if (isList(desired)) compareList(walk, desired, live, path)
  else if (!isMapping(desired)) {
    if (desired !== live && !isSameAmount(walk, desired, live, path)) add(walk, path)
  } else if (!isMapping(live)) add(walk, path)
  else {
    for (const [key, value] of Object.entries(desired)) {
      compare(walk, value, live[key], [...path, key])
    }
  }
}

function compareList(walk: Walk, desired: readonly Json[], live: Json | undefined, path: Path) {
  const name = path.at(-1) ?? ''
  const keyed = walk.builtIn && isKeyed(name, desired)
  if (!isList(live) || (!keyed && live.length !== desired.length)) return add(walk, path)
  for (const [index, element] of desired.entries()) {
    const found = keyed ? counterpart(name, element, live) : live[index]
    compare(walk, element, found, [...path, String(index)])
  }
}

/** What was applied, is live, and is not declared any more. */
function removed(
  walk: Walk,
  applied: Json,
  desired: Json | undefined,
  live: Json | undefined,
  path: Path,
): void {
  if (live === undefined || live === null) return
  if (desired === undefined) {
    if (!isNothing(walk, applied)) add(walk, path)
  } else if (isMapping(applied) && isMapping(desired) && isMapping(live)) {
    for (const [key, value] of Object.entries(applied)) {
      removed(walk, value, desired[key], live[key], [...path, key])
    }
  } else if (isList(applied) && isList(desired) && isList(live)) {
    removedItems(walk, applied, desired, live, path)
  }
}

/** Without a key nobody can tell which element is gone: the comparison by position has seen it. */
function removedItems(
  walk: Walk,
  applied: readonly Json[],
  desired: readonly Json[],
  live: readonly Json[],
  path: Path,
): void {
  const name = path.at(-1) ?? ''
  if (!walk.builtIn || !isKeyed(name, applied)) return
  for (const [index, element] of applied.entries()) {
    const [wanted, found] = [counterpart(name, element, desired), counterpart(name, element, live)]
    removed(walk, element, wanted, found, [...path, String(index)])
  }
}

/** The API server stores nothing for it. */
function isNothing({ builtIn }: Walk, value: Json): boolean {
  if (value === null) return true
  return builtIn && typeof value === 'object' && Object.keys(value).length === 0
}

function isSameAmount({ builtIn }: Walk, desired: Json, live: Json | undefined, path: Path) {
  if (!builtIn || !quantities.has(path.at(-2) ?? '')) return false
  const amount = quantityOf(desired)
  return amount !== undefined && amount === quantityOf(live)
}

function add({ fields }: Walk, path: Path): void {
  fields.push(pointerTo(path))
}

/** The rules of an aggregated role are the control plane's, whoever applied some once (DIFF-10). */
function withoutAggregated(applied: Manifest): Json {
  const { rules, ...rest } = ownable(applied)
  return rest.aggregationRule === undefined && rules !== undefined ? { ...rest, rules } : rest
}
