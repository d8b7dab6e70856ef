import { fieldAt, isMapping, listAt, mappingOf, textAt } from '../manifest/field.ts'
import { groupOf } from '../manifest/key.ts'
import type { JsonObject, Manifest } from '../manifest/manifest.ts'

/** What the OpenAPI document of an API group says of one field, for whoever makes patches of it. */
export type Place = { readonly schemas: JsonObject; readonly node: JsonObject }

/** How a patch changes a list: as one value, by the key of its elements, or as a set. */
export type ListMerge = { readonly by: 'value' | 'key' | 'set'; readonly key: string }

/** Where nothing is known: every list is one value, as in a JSON merge patch. */
export const nowhere: Place = { schemas: {}, node: {} }

/**
 * The root of a kind, from the document of its group and version; undefined for kinds that take no
 * strategic merge patch, as those of CustomResourceDefinitions.
 */
export function placeOf(document: unknown, { apiVersion, kind }: Manifest): Place | undefined {
  const group = groupOf(apiVersion)
  const isOfKind = (one: unknown) => textAt(one, 'kind') === kind && textAt(one, 'group') === group
  const isPatched = Object.values(mappingOf(fieldAt(document, 'paths'))).some((path) => {
    const patch = fieldAt(path, 'patch')
    const taken = fieldAt(patch, 'requestBody', 'content', 'application/strategic-merge-patch+json')
    return taken !== undefined && isOfKind(fieldAt(patch, 'x-kubernetes-group-version-kind'))
  })
  if (!isPatched) return undefined
  const schemas = mappingOf(fieldAt(document, 'components', 'schemas')) as JsonObject
  const node = Object.values(schemas).find((schema) =>
    listAt(schema, 'x-kubernetes-group-version-kind').some(isOfKind),
  )
  return isMapping(node) ? { schemas, node } : undefined
}

/** The place of a field of a mapping. */
export function fieldPlace(place: Place, name: string): Place {
  const { properties, additionalProperties } = schemaAt(place)
  const node = mappingOf(properties)[name] ?? additionalProperties
  return isMapping(node) ? { ...place, node } : nowhere
}

/** The place of the elements of a list. */
export function elementPlace(place: Place): Place {
  const { items } = schemaAt(place)
  return isMapping(items) ? { ...place, node: items } : nowhere
}

export function listMergeOf({ node }: Place): ListMerge {
  const key = textAt(node, 'x-kubernetes-patch-merge-key')
  if (!strategiesOf(node).includes('merge')) return { by: 'value', key }
  return { by: key === '' ? 'set' : 'key', key }
}

/** Whether fields that are not declared go as soon as one that is declared changes. */
export function retainsKeys({ node }: Place): boolean {
  return strategiesOf(node).includes('retainKeys')
}

function strategiesOf(node: JsonObject): readonly string[] {
  return textAt(node, 'x-kubernetes-patch-strategy').split(',')
}

function schemaAt({ schemas, node }: Place): JsonObject {
  const [first] = listAt(node, 'allOf')
  const reference = textAt(node, '$ref') || textAt(first, '$ref')
  if (reference === '') return node
  return mappingOf(schemas[reference.split('/').at(-1) ?? '']) as JsonObject
}
