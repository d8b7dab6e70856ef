import { globMatch } from '../glob.ts'

/** The annotation of an Application that says which paths its manifests depend on (SRC-17). */
export const generatePathsAnnotation = 'argocd.argoproj.io/manifest-generate-paths'

/**
 * The paths of the annotation from the root of the repository: those without a leading `/` are
 * relative to the folder of the source. Undefined when it says nothing; what leaves the repository
 * is left out.
 */
export function generatePaths(
  annotation: string | undefined,
  folder: string,
): readonly string[] | undefined {
  const named = (annotation ?? '').split(';').map((path) => path.trim())
  const paths = named.filter((path) => path !== '')
  if (paths.length === 0) return undefined
  return paths.flatMap((path) => plainPath(path.startsWith('/') ? path : `${folder}/${path}`))
}

/** Whether the path stands for several. */
export function isPattern(path: string): boolean {
  return /[*?[\\]/.test(path)
}

/** The folder below which everything lies that the pattern matches. */
export function patternRoot(pattern: string): string {
  const parts = pattern.split('/')
  const first = parts.findIndex(isPattern)
  return parts.slice(0, first).join('/') || '.'
}

/** Whether a file is meant: the whole path has to match, and `*` stays within a folder. */
export function isMeant(pattern: string, file: string): boolean {
  return globMatch(pattern, file, '/')
}

function plainPath(path: string): readonly string[] {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return []
  }
  return [parts.join('/') || '.']
}
