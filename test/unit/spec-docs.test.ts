import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}
type Row = { readonly field: string; readonly text: string }

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

/** The fields of a CRD below these that hold values, as paths; the entries of a list have the path of the list. */
function fieldsOf(crd: string, tops: readonly string[]): readonly string[] {
  const { spec } = load(read(`deploy/crds/${crd}.yaml`)) as {
    spec: { versions: { schema: { openAPIV3Schema: Schema } }[] }
  }
  const below = (schema: Schema, path: string): readonly string[] => {
    const { properties } = schema.items ?? schema
    if (properties === undefined) return [path]
    return Object.entries(properties).flatMap(([name, field]) => below(field, `${path}.${name}`))
  }
  const whole = spec.versions[0]?.schema.openAPIV3Schema
  return tops.flatMap((top) => below(whole?.properties?.[top] ?? {}, top))
}

/** The rows of the tables of a page whose headings name where their fields lie. */
function rowsOf(page: string, at: (heading: string) => string): readonly Row[] {
  let place = ''
  return read(page)
    .split('\n')
    .flatMap((line) => {
      const heading = /^#{2,3} (?<name>.+)$/.exec(line)?.groups?.name
      if (heading !== undefined) place = at(heading)
      const first = /^\| (?<cell>`[^|]*`) +\|/.exec(line)?.groups?.cell
      return namesIn(first ?? '').map((field) => ({ field: `${place}.${field}`, text: line }))
    })
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].flatMap(([, name]) => name ?? [])
}

/** A row of its own, or its name in the row of what it belongs to. */
function isDescribed(rows: readonly Row[], field: string): boolean {
  const parts = field.split('.')
  const leaf = parts.at(-1) ?? ''
  const owners = parts.map((_, index) => parts.slice(0, index).join('.'))
  return rows.some(
    (row) =>
      row.field === field ||
      (owners.includes(row.field) && new RegExp(`\\b${leaf}\\b`).test(row.text)),
  )
}

const placeInSource = (heading: string) =>
  heading === 'Fields'
    ? 'spec.source'
    : `spec.source.${heading.toLowerCase().replace('plugins', 'plugin')}`

describe('the pages of the API describe every field', () => {
  it('of an Application', () => {
    const rows = [
      ...rowsOf('docs/spec/application-fields.md', (heading) => heading),
      ...rowsOf('docs/spec/sources.md', placeInSource),
    ]
    // a source is described once
    const places = /^(spec\.sources|operation\.sync\.sources?)\./
    const fields = fieldsOf('application', ['spec', 'operation', 'status'])
      .filter((field) => !places.test(field))
      .filter((field) => !field.startsWith('operation.retry.'))
    expect(fields.length).toBeGreaterThan(100)
    expect(fields.filter((field) => !isDescribed(rows, field))).toEqual([])
  })

  it('of an AppProject', () => {
    const rows = rowsOf('docs/spec/project.md', (heading) => heading)
    const fields = fieldsOf('appproject', ['spec', 'status'])
    expect(fields.length).toBeGreaterThan(40)
    expect(fields.filter((field) => !isDescribed(rows, field))).toEqual([])
  })
})
