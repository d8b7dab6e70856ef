import { RenderError } from '../errors.ts'
import { isMapping } from '../manifest/field.ts'
import {
  type Fields,
  fieldsOfGenerator,
  fieldsOfKustomization,
  fieldsOfPatch,
  generatorFields,
  patchFields,
  refuseUnknown,
} from './kustomization-fields.ts'

/** What a kustomization reads, as it names it: `places` may be folders, `files` are files. */
export type References = {
  readonly places: readonly string[]
  readonly files: readonly string[]
  /** Addresses in place of folders, with file and line. */
  readonly remote: readonly { readonly reference: string; readonly place: string }[]
}

/**
 * RenderError for a field that is not let through, and for an address in place of a file (KUST-13).
 * With the text of the file it names the line too. `further` are fields that are let through as well.
 */
export function referencesOf(
  kustomization: Fields,
  file: string,
  text = '',
  further: readonly string[] = [],
): References {
  refuseUnknown(kustomization, new Set([...fieldsOfKustomization, ...further]), file)
  const places = ['resources', 'bases', 'components'].flatMap((field) =>
    textsOf(kustomization[field]),
  )
  const files = [
    ...['crds', 'configurations', 'patchesStrategicMerge'].flatMap((field) =>
      textsOf(kustomization[field]),
    ),
    ...patchFields.flatMap((field) =>
      entriesOf(kustomization[field]).flatMap((entry) => {
        refuseUnknown(entry, fieldsOfPatch, `${file}: ${field}`)
        return textsOf([entry.path])
      }),
    ),
    ...generatorFields.flatMap((field) =>
      entriesOf(kustomization[field]).flatMap((entry) => {
        refuseUnknown(entry, fieldsOfGenerator, `${file}: ${field}`)
        return [
          ...textsOf(entry.files).map(afterName),
          ...textsOf(entry.envs),
          ...textsOf([entry.env]),
        ]
      }),
    ),
    // inline patches are texts of several lines
  ].filter((one) => !one.includes('\n'))
  const at = (reference: string) => placeOf(reference, file, text)
  for (const reference of files.filter(isAddress)) refuseAddress(reference, at(reference))
  const remote = places.filter(isAddress).map((reference) => ({ reference, place: at(reference) }))
  return { places: places.filter((place) => !isAddress(place)), files, remote }
}

/** `file:line` of where the text first says so; the file alone when it does not. */
export function placeOf(reference: string, file: string, text: string): string {
  const line = text.split('\n').findIndex((one) => one.includes(reference))
  return line < 0 ? file : `${file}:${line + 1}`
}

/** Whether what a kustomization names lies elsewhere. */
export function isAddress(reference: string): boolean {
  return /:\/\/|^[\w.-]+@|\?/.test(reference)
}

/** Says that an address is not followed. */
export function refuseAddress(reference: string, place: string): never {
  throw new RenderError(
    `${place}: ${reference} is outside of the repository, which is refused; copy it into the repository`,
  )
}

/** `key=path` names the key of a generated file. */
function afterName(text: string): string {
  return text.slice(text.indexOf('=') + 1)
}

function entriesOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isMapping) : []
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}
