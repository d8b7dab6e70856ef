import { specProblems } from './application/problems.ts'
import {
  type Application,
  ApplicationObject,
  type ApplicationSource,
  type Destination,
} from './application/schema.ts'
import { unbuiltFields } from './application/unbuilt.ts'
import { InvalidSpecError } from './errors.ts'
import { fieldAt, mappingOf } from './manifest/field.ts'
import type { Manifest } from './manifest/manifest.ts'
import { syncOptionOf } from './manifest/sync-option.ts'

export type { Application, ApplicationSource, Destination }

export type ReadApplication = {
  readonly application: Application
  /** Why nothing can be done with the spec, each with its field path (`InvalidSpecError`). */
  readonly problems: readonly string[]
  /** Fields that are set but not acted on by this version, each with its path. */
  readonly unbuilt: readonly string[]
}

const maxMalformed = 50

/**
 * Reads an Application as the API server gave it. Malformed fields become problems and are left out,
 * so that an Application with a broken spec can still be shown, reported on and deleted.
 * Throws InvalidSpecError only for something that is not an Application at all.
 */
export function readApplication(object: unknown): ReadApplication {
  const problems: string[] = []
  let input = object
  for (let tries = 0; tries < maxMalformed; tries++) {
    const result = ApplicationObject.safeParse(input)
    if (result.success) {
      const application: Application = result.data
      problems.push(...specProblems(application.spec))
      return { application, problems, unbuilt: unbuiltFields(application) }
    }
    for (const { path, message } of result.error.issues) {
      // null means absent, as for the API server; a request to act is no part of the spec
      if (fieldAt(input, ...path) !== null && path[0] !== 'operation')
        problems.push(`${showPath(path)}: ${message}`)
      input = without(input, path)
    }
  }
  throw new InvalidSpecError(`not an Application: ${problems.slice(0, 3).join('; ')}`)
}

function showPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

/** A copy without the field at the path; list items become empty, so that the others keep their index. */
function without(value: unknown, path: readonly PropertyKey[]): unknown {
  const [field, ...rest] = path
  if (field === undefined) return undefined
  if (Array.isArray(value)) {
    const emptied = rest.length > 0
    return emptied
      ? value.map((item, index) => (index === field ? without(item, rest) : item))
      : value.filter((_, index) => index !== field)
  }
  const { [String(field)]: removed, ...others } = mappingOf(value)
  return rest.length === 0 ? others : { ...others, [String(field)]: without(removed, rest) }
}

/** A source whose repository is named. */
export type GitSource = ApplicationSource & { readonly repoURL: string }

/** Whether the source lies in a chart repository or in a registry, not in Git (SRC-07, SRC-20). */
export function isChart({ chart, repoURL = '' }: ApplicationSource): boolean {
  return Boolean(chart) || repoURL.startsWith('oci://')
}

/** Whether the address of the source is that of one artifact of a registry, be it a chart or not (SRC-20). */
export function isArtifact({ chart, repoURL = '' }: ApplicationSource): boolean {
  return !chart && repoURL.startsWith('oci://')
}

/** Whether the source renders nothing and only lends its files to the others (SRC-08). */
export function isOnlyLent({ ref, path, chart }: ApplicationSource): boolean {
  return Boolean(ref) && !path && !chart
}

/** The first source, which stands for the Application where one is shown (APP-06); undefined when there is none. */
export function sourceOf(application: Application): ApplicationSource | undefined {
  return sourcesIn(application)[0]
}

/** Whether the Application has a list of sources: its revisions are then lists too (APP-06). */
export function hasSources({ spec }: Application): boolean {
  return spec.sourceHydrator === undefined && (spec.sources ?? []).length > 0
}

/** All sources in their order; none for an Application that is hydrated (APP-05, APP-06). */
export function sourcesIn({ spec }: Pick<Application, 'spec'>): readonly ApplicationSource[] {
  const { source, sources = [], sourceHydrator } = spec
  if (sourceHydrator !== undefined) return []
  return sources.length > 0 ? sources : source === undefined ? [] : [source]
}

/** The same; throws InvalidSpecError where `readApplication` names problems. */
export function sourcesOf(application: Application): readonly GitSource[] {
  const found = sourcesIn(application).flatMap((one) =>
    one.repoURL ? [{ ...one, repoURL: one.repoURL }] : [],
  )
  if (found.length > 0 && found.length === sourcesIn(application).length) return found
  throw new InvalidSpecError('spec.source.repoURL: name the repository that is deployed')
}

/** The addresses of all repositories that the Application deploys from, each once. */
export function repositoriesOf(application: Application): readonly string[] {
  return [...new Set(sourcesIn(application).flatMap(({ repoURL }) => repoURL || []))]
}

/** Whether changes are synced without a person asking (SYNCP-01, APP-08). */
export function isAutomated({ spec }: Application): boolean {
  const { automated } = spec.syncPolicy ?? {}
  return automated !== undefined && automated.enabled !== false
}

/** Whether drift is synced as well (SYNCP-03). */
export function isSelfHealing(application: Application): boolean {
  return isAutomated(application) && application.spec.syncPolicy?.automated?.selfHeal === true
}

/** The value of a sync option; the last one given counts (SYNCP-09). */
export function syncOption({ spec }: Application, name: string): string | undefined {
  const given = spec.syncPolicy?.syncOptions?.findLast((option) => option.startsWith(`${name}=`))
  return given?.slice(name.length + 1)
}

/** The same for one object: what its own annotation says wins. */
export function syncOptionFor(
  application: Application,
  manifest: Manifest,
  name: string,
): string | undefined {
  return syncOptionOf(manifest, name) ?? syncOption(application, name)
}

/** The project's name; an empty one means `default` (APP-02). */
export function projectOf({ spec }: Application): string {
  return spec.project || 'default'
}

/** How many deployments are kept for rollback (APP-11). */
export function historyLimit({ spec }: Application): number {
  return spec.revisionHistoryLimit ?? 10
}
