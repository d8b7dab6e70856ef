import { wantedTag } from './git/tag.ts'
import { compareVersions, parseVersion } from './git/version.ts'

/**
 * Which of the published versions of a chart is meant, as Helm chooses: the one of this name, else
 * the highest that the constraint permits (SRC-05); undefined when there is none.
 */
export function chosenVersion(published: readonly string[], wanted: string): string | undefined {
  if (published.includes(wanted)) return wanted
  const exact = parseVersion(wanted)
  if (exact === undefined) return wantedTag(wanted || '*', published)?.tag
  return published.find((one) => {
    const version = parseVersion(one)
    return version !== undefined && compareVersions(version, exact) === 0
  })
}
