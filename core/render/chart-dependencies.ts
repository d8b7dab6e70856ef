import { RenderError } from '../errors.ts'
import { parseConstraint, satisfies } from '../git/constraint.ts'
import { parseVersion } from '../git/version.ts'

/** A dependency as Chart.yaml or Chart.lock names it; the version may be a constraint. */
export type ChartDependency = {
  readonly name: string
  readonly repository: string
  readonly version: string
}

/** The files that name dependencies, and the lock beside each: those of charts of `apiVersion: v1` come second. */
export const dependencyFiles = [
  { file: 'Chart.yaml', lock: 'Chart.lock' },
  { file: 'requirements.yaml', lock: 'requirements.lock' },
] as const

/** The dependencies of a chart (HELM-22); anything that is no list of them has none. */
export function dependenciesOf(chart: unknown): readonly ChartDependency[] {
  const { dependencies } = (chart ?? {}) as { dependencies?: unknown }
  if (!Array.isArray(dependencies)) return []
  return dependencies.flatMap(
    (entry: { name?: unknown; repository?: unknown; version?: unknown } | null) =>
      typeof entry?.name === 'string'
        ? [
            {
              name: entry.name,
              repository: String(entry.repository ?? ''),
              version: String(entry.version ?? '') || '*',
            },
          ]
        : [],
  )
}

/** Whether the files of the folder `charts` hold the dependency, packed or as a folder. */
export function isVendored({ name }: ChartDependency, files: readonly string[]): boolean {
  return files.some((file) => {
    if (file === `${name}/Chart.yaml`) return true
    const isPacked = file.startsWith(`${name}-`) && file.endsWith('.tgz')
    return isPacked && /^v?\d/.test(file.slice(name.length + 1))
  })
}

/** The version that the lock says; RenderError when what is asked for is not in it. */
export function lockedVersion(
  { name, version }: ChartDependency,
  lock: readonly ChartDependency[],
  file: string,
): string {
  const found = lock.find((entry) => entry.name === name && fits(entry.version, version))
  if (found !== undefined) return found.version
  throw new RenderError(
    `${file} has no ${name} ${version}; run helm dependency update and commit what it writes`,
  )
}

function fits(version: string, wanted: string): boolean {
  const [parsed, constraint] = [parseVersion(version), parseConstraint(wanted)]
  if (parsed === undefined || constraint === undefined) return version === wanted
  return satisfies(parsed, constraint)
}

/** RenderError for what is no chart of a chart repository or registry. */
export function checkDependency({ name, repository }: ChartDependency, file: string): void {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    throw new RenderError(`${file}: ${name.slice(0, 100)} is not the name of a chart`)
  }
  if (/^(https?|oci):\/\/[^\s@]+$/.test(repository)) return
  throw new RenderError(
    `${file}: the chart ${name} is not in charts/, and ${repository || 'nothing'} is no repository that it could be fetched from; vendor it, or give an address (https://, oci://, or file:// of the same repository) without a user in it`,
  )
}

/**
 * Whether strangers may make us ask there: what is named in Git alone leads to no address of an inner
 * network that its writing shows (H3).
 */
export function isPublicAddress(repository: string): boolean {
  const { protocol, hostname } = new URL(repository.replace(/^oci:/, 'https:'))
  return (
    protocol === 'https:' &&
    /^[\w-]+(\.[\w-]+)*\.(?!local|internal|svc|lan)[a-z]{2,}$/.test(hostname)
  )
}
