import { type ApplicationSource, isFilled } from '../application/schema.ts'

/** What makes manifests of a folder; the names are those of `status.sourceType`. */
export type Tool = 'Helm' | 'Kustomize' | 'Directory'

const kustomizations = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** The kustomization among the names of a folder's files; kustomize itself knows no others. */
export function kustomizationIn(names: readonly string[]): string | undefined {
  return kustomizations.find((name) => names.includes(name))
}

/** SRC-10: a block in the source decides; else the files of the folder do. */
export function toolOf(source: ApplicationSource, names: readonly string[]): Tool {
  if (isFilled(source.helm)) return 'Helm'
  if (isFilled(source.kustomize)) return 'Kustomize'
  if (isFilled(source.directory)) return 'Directory'
  if (names.includes('Chart.yaml')) return 'Helm'
  return kustomizationIn(names) === undefined ? 'Directory' : 'Kustomize'
}
