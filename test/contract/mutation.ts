import { applicationLabelKey } from '../../core/manifest/tracking.ts'

type Path = readonly (string | number)[]

/** The paths of all values of a declared object that somebody else could write. */
export function leavesOf(object: object): readonly Path[] {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object as Record<string, object>
  const { labels = {}, annotations = {} } = metadata as Record<string, object>
  // without our label it is in no watch, which is another story
  const { [applicationLabelKey]: _label, ...others } = labels as Record<string, string>
  return leaves({ ...rest, metadata: { labels: others, annotations } }, [])
}

function leaves(value: unknown, path: Path): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]))
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, field]) => leaves(field, [...path, name]))
}

export function valueAt(object: unknown, path: Path): unknown {
  let at = object
  for (const part of path) at = (at as Record<string | number, unknown> | undefined)?.[part]
  return at
}

/** Another value of the same type than the one that is there. */
export function changedAt(object: unknown, path: Path): unknown {
  const value = valueAt(object, path)
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  return typeof value === 'string' ? `${value}x` : 'added'
}

/** A merge patch that sets the value; a list on the way is sent whole, as it is live but for the value. */
export function mergePatchAt(live: unknown, path: Path, value: unknown): object {
  const list = path.findIndex((part) => typeof part === 'number')
  const [outer, inner] = list < 0 ? [path, []] : [path.slice(0, list), path.slice(list)]
  let patch = inner.length === 0 ? value : withAt(valueAt(live, outer), inner, value)
  for (const part of outer.toReversed()) patch = { [part]: patch }
  return patch as object
}

function withAt(at: unknown, [part, ...rest]: Path, value: unknown): unknown {
  if (part === undefined) return value
  if (Array.isArray(at)) {
    const changed = at.map((item, index) => (index === part ? withAt(item, rest, value) : item))
    return changed.filter((item) => item !== null)
  }
  const fields = (typeof at === 'object' && at !== null ? at : {}) as Record<string, unknown>
  const inside = withAt(fields[part], rest, value)
  const { [part]: _before, ...others } = fields
  return inside === null ? others : { ...others, [part]: inside }
}
