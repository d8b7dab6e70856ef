import { isMapping, listAt, textAt } from '../manifest/field.ts'
import type { Json, Manifest } from '../manifest/manifest.ts'
import { quantityOf } from '../manifest/quantity.ts'

/** A field of a custom resource that has a type of Kubernetes: elements of lists on its way are passed (DIFF-11). */
export type KnownTypeField = { readonly field: string; readonly type: string }

/** Fields of the types `core/v1/…` that hold quantities by name. */
const quantityMaps = new Set([
  'limits',
  'requests',
  'hard',
  'used',
  'capacity',
  'allocatable',
  'overhead',
  'default',
  'defaultRequest',
  'max',
  'min',
  'maxLimitRequestRatio',
])
const quantityFields = new Set(['sizeLimit', 'divisor'])

/** Reads `knownTypeFields` of the settings; what names a type that nobody knows is told. */
export function readKnownTypes(value: unknown): {
  readonly known: readonly KnownTypeField[]
  readonly unknown: readonly string[]
} {
  const entries = listAt(value).map((entry) => ({
    entry,
    named: { field: textAt(entry, 'field'), type: textAt(entry, 'type') },
  }))
  const isGood = ({ named: { field, type } }: (typeof entries)[number]) =>
    field !== '' && isKnownType(type)
  return {
    known: entries.filter(isGood).map(({ named }) => named),
    unknown: entries
      .filter((one) => !isGood(one))
      .map(
        ({ entry }) =>
          `give field and type (core/Quantity, meta/v1/Duration or core/v1/…) instead of ${JSON.stringify(entry)}`,
      ),
  }
}

function isKnownType(type: string): boolean {
  return ['core/Quantity', 'meta/v1/Duration'].includes(type) || /^core\/v1\/\w+$/.test(type)
}

/** The object with one spelling for all amounts and durations in these fields; nothing else is changed. */
export function withCanonicalFields(object: Manifest, fields: readonly KnownTypeField[]): Manifest {
  let left: Json = object as unknown as Json
  for (const { field, type } of fields) left = at(left, field.split('.'), spelling(type))
  return left as unknown as Manifest
}

type Spell = (value: Json) => Json

function spelling(type: string): Spell {
  if (type === 'core/Quantity') return amount
  if (type === 'core/v1/ResourceList') return amounts
  return type === 'meta/v1/Duration' ? duration : amountsInside
}

function at(value: Json, [name, ...rest]: readonly string[], spell: Spell): Json {
  if (Array.isArray(value)) return value.map((item) => at(item, [name ?? '', ...rest], spell))
  if (name === undefined || name === '') return spell(value)
  if (!isMapping(value) || !Object.hasOwn(value, name)) return value
  const found = value[name] ?? null
  const isEnd = rest.length === 0
  const spelled =
    isEnd && Array.isArray(found) ? found.map(spell) : isEnd ? spell(found) : at(found, rest, spell)
  return { ...value, [name]: spelled }
}

/** `2000m`, `2` and 2 are one amount. */
function amount(value: Json): Json {
  const number = typeof value === 'object' ? undefined : quantityOf(value)
  return number === undefined || Number.isNaN(number) ? value : String(number)
}

function amounts(value: Json): Json {
  if (!isMapping(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, amount(one)]))
}

function amountsInside(value: Json): Json {
  if (Array.isArray(value)) return value.map(amountsInside)
  if (!isMapping(value)) return value
  const fields = Object.entries(value).map(([name, field]) => {
    if (quantityMaps.has(name)) return [name, amounts(field)]
    return [name, quantityFields.has(name) ? amount(field) : amountsInside(field)]
  })
  return Object.fromEntries(fields)
}

const unitSeconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
}

/** `1h30m` and `90m` are one duration, as Go writes them. */
function duration(value: Json): Json {
  if (typeof value !== 'string' || !/^[+-]?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(value)) {
    return value
  }
  const seconds = [...value.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)]
    .map(([, digits, unit]) => Number(digits) * (unitSeconds[unit ?? ''] ?? 0))
    .reduce((sum, part) => sum + part, 0)
  return `${value.startsWith('-') ? '-' : ''}${seconds}s`
}
