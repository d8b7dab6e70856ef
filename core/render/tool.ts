import { type ApplicationSource, isFilled } from '../application/schema.ts'

/** What makes manifests of a folder; the names are those of `status.sourceType`. */
export type Tool = 'Helm' | 'Kustomize' | 'Directory' | 'Plugin'

const kustomizations = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** The kustomization among the names of a folder's files; kustomize itself knows no others. */
export function kustomizationIn(names: readonly string[]): string | undefined {
  return kustomizations.find((name) => names.includes(name))
}

/** The tool that a block of the source chooses; undefined when there is none (SRC-10). */
export function chosenTool(source: ApplicationSource): Tool | undefined {
  if (isFilled(source.helm)) return 'Helm'
  if (isFilled(source.kustomize)) return 'Kustomize'
  if (isFilled(source.directory)) return 'Directory'
  return isFilled(source.plugin) ? 'Plugin' : undefined
}

/** The tool that the files of a folder ask for (SRC-10). */
export function foundTool(names: readonly string[]): Tool {
  if (names.includes('Chart.yaml')) return 'Helm'
  return kustomizationIn(names) === undefined ? 'Directory' : 'Kustomize'
}
