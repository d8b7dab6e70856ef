import { globMatch } from './glob.ts'

export type DirectoryFilter = {
  readonly recurse?: boolean | undefined
  readonly include?: string | undefined
  readonly exclude?: string | undefined
  readonly disableExtensionFilter?: boolean | undefined
}

const manifestFile = /\.(?:yaml|yml|json)$/
const programFile = /\.jsonnet$/

/**
 * Whether a file is rendered, by its path below the application's directory (DIR-01 to DIR-03):
 * manifests only, unless every extension is one, of the top directory unless `recurse`; `exclude`
 * wins over `include`.
 */
export function isRenderedFile(path: string, filter: DirectoryFilter): boolean {
  const isFile = filter.disableExtensionFilter === true || manifestFile.test(path)
  return isFile && !programFile.test(path) && isSelected(path, filter)
}

/** The same for a program that gives manifests; libraries (`.libsonnet`) are only imported. */
export function isProgramFile(path: string, filter: DirectoryFilter): boolean {
  return programFile.test(path) && isSelected(path, filter)
}

function isSelected(path: string, filter: DirectoryFilter): boolean {
  if (filter.recurse !== true && path.includes('/')) return false
  if (filter.exclude && globMatch(filter.exclude, path)) return false
  return !filter.include || globMatch(filter.include, path)
}
