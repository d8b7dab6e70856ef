import type { ApplicationSource } from '../application.ts'
import { InvalidSpecError, RenderError } from '../errors.ts'
import { withImages } from './kustomization-images.ts'
import { fieldsOf, listOf, overridden } from './named-entries.ts'

/** A kustomization.yaml as it was read; kustomize itself checks what we do not touch. */
export type Kustomization = { readonly [field: string]: unknown }
type Options = NonNullable<ApplicationSource['kustomize']>

/** The kustomization with the options of the Application, as `kustomize edit` would write it (KUST-01 to KUST-09). */
export function withOptions(
  kustomization: Kustomization,
  options: Options,
  isThere: (path: string) => boolean,
): Kustomization {
  const components = (options.components ?? []).filter(
    (path) => options.ignoreMissingComponents !== true || isThere(path),
  )
  return {
    ...kustomization,
    ...(options.namePrefix && { namePrefix: options.namePrefix }),
    ...(options.nameSuffix && { nameSuffix: options.nameSuffix }),
    ...(options.namespace && { namespace: options.namespace }),
    ...(options.images && {
      images: withImages(kustomization.images, options.images),
    }),
    ...(options.replicas && {
      replicas: overridden(
        kustomization.replicas,
        options.replicas.map(({ name, count }) => ({ name, count: wholeNumber(name, count) })),
      ),
    }),
    ...labelsOf(kustomization, options),
    ...annotationsOf(kustomization, options),
    ...(options.patches && { patches: [...listOf(kustomization.patches), ...options.patches] }),
    ...(components.length > 0 && {
      components: [...listOf(kustomization.components), ...components],
    }),
  }
}

/** The kustomization with other folders in place of addresses; `folders` has them by their references. */
export function withFolders(
  kustomization: Kustomization,
  folders: ReadonlyMap<string, string>,
): Kustomization {
  const fields = ['resources', 'bases', 'components'].filter((field) => field in kustomization)
  const replaced = fields.map((field) => [
    field,
    listOf(kustomization[field]).map((entry) => folders.get(String(entry)) ?? entry),
  ])
  return { ...kustomization, ...Object.fromEntries(replaced) }
}

/** KUST-03: a number, or a text that is one. */
function wholeNumber(name: string, count: number | string): number {
  if (/^\d+$/.test(String(count))) return Number(count)
  throw new InvalidSpecError(`spec.source.kustomize.replicas: ${count} of ${name} is no number`)
}

/** KUST-04, KUST-05: into selectors too, unless they are left out. */
function labelsOf(kustomization: Kustomization, options: Options): Kustomization {
  const { commonLabels: pairs, labelWithoutSelector, labelIncludeTemplates } = options
  if (labelIncludeTemplates === true && labelWithoutSelector !== true) {
    throw new InvalidSpecError(
      'spec.source.kustomize.labelIncludeTemplates: set labelWithoutSelector too; without it templates are labelled anyway',
    )
  }
  if (pairs === undefined || Object.keys(pairs).length === 0) return {}
  const before = fieldsOf(kustomization.commonLabels)
  refuseRepeated(before, pairs, options.forceCommonLabels, 'commonLabels')
  const others = Object.entries(before).filter(([name]) => !(name in pairs))
  const entry =
    labelWithoutSelector === true
      ? { pairs, includeSelectors: false, includeTemplates: labelIncludeTemplates === true }
      : { pairs, includeSelectors: true }
  return {
    ...(others.length < Object.keys(before).length && {
      commonLabels: Object.fromEntries(others),
    }),
    labels: [...listOf(kustomization.labels), entry],
  }
}

/** KUST-05, KUST-06. */
function annotationsOf(kustomization: Kustomization, options: Options): Kustomization {
  const { commonAnnotations: wanted } = options
  if (wanted === undefined || Object.keys(wanted).length === 0) return {}
  const before = fieldsOf(kustomization.commonAnnotations)
  refuseRepeated(before, wanted, options.forceCommonAnnotations, 'commonAnnotations')
  return { commonAnnotations: { ...before, ...wanted } }
}

function refuseRepeated(
  before: Kustomization,
  wanted: Readonly<Record<string, string>>,
  force: boolean | undefined,
  field: string,
): void {
  const repeated = Object.keys(wanted).filter((name) => name in before)
  if (force === true || repeated.length === 0) return
  throw new RenderError(
    `${field} of the kustomization has ${repeated.join(', ')} already; set force${field[0]?.toUpperCase()}${field.slice(1)} to overwrite`,
  )
}
