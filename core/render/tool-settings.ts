import { RenderError } from '../errors.ts'
import { quantityOf } from '../manifest/quantity.ts'

/** One of the operator's settings by its key in `argocd-cm` or `argocd-cmd-params-cm`. */
export type Setting = (key: string) => string | undefined

/** What the operator says of the renderers. */
export type ToolSettings = {
  /** Whether a tool is used; where it is not, its files are plain manifests (SRC-11). */
  isOn(tool: string): boolean
  /** The options of `kustomize build`, of one version when it has its own (KUST-12). */
  buildOptions(version: string): readonly string[]
  /** How addresses of value files may begin (HELM-01). */
  readonly valueSchemes: readonly string[]
  /** How many bytes the manifests of a directory may have together; undefined for any number (SRC-19). */
  readonly directoryBytes: number | undefined
  /** Globs over the paths of files that plugins are not shown (DIR-11). */
  readonly pluginExclusions: readonly string[]
}

/** What they may have where the operator says nothing. */
export const usualDirectoryBytes = 10_000_000
const directoryKey = 'reposerver.max.combined.directory.manifests.size'

// none of them runs, fetches or reads anything but the Helm that we give, and what we fetched for it
const letThrough: ReadonlyMap<string, readonly string[]> = new Map([
  ['--load-restrictor', ['LoadRestrictionsNone', 'LoadRestrictionsRootOnly']],
  ['--reorder', ['none', 'legacy']],
  ['--enable-managedby-label', []],
  ['--enable-helm', []],
])

/** Reads the settings; RenderError for an option that is not let through (H13). */
export function readToolSettings(setting: Setting): ToolSettings {
  return {
    isOn: (tool) => setting(`${tool.toLowerCase()}.enable`)?.trim() !== 'false',
    buildOptions(version) {
      const own = `kustomize.buildOptions.${version}`
      const key = version !== '' && setting(own) !== undefined ? own : 'kustomize.buildOptions'
      return optionsIn(setting(key) ?? '', key)
    },
    valueSchemes: (setting('helm.valuesFileSchemes') ?? 'https')
      .split(',')
      .map((scheme) => scheme.trim()),
    pluginExclusions: (setting('reposerver.plugin.tar.exclusions') ?? '')
      .split(';')
      .map((glob) => glob.trim())
      .filter((glob) => glob !== ''),
    get directoryBytes() {
      const given = setting(directoryKey)
      return given === undefined ? usualDirectoryBytes : bytesIn(given)
    },
  }
}

/** As in Argo CD zero is no limit. */
function bytesIn(text: string): number | undefined {
  const bytes = quantityOf(text)
  if (bytes !== undefined && bytes >= 0) return bytes === 0 ? undefined : bytes
  throw new RenderError(`${directoryKey}: ${text} is no number of bytes; write it as 10M or 64Mi`)
}

function optionsIn(text: string, key: string): readonly string[] {
  const words = text.split(/[\s=]+/).filter((word) => word !== '')
  const options: string[] = []
  for (let at = 0; at < words.length; at++) {
    // both spellings are in use
    const name = (words[at] ?? '').replaceAll('_', '-')
    const values = letThrough.get(name)
    const value = values?.length === 0 ? undefined : (words[at + 1] ?? '')
    if (values === undefined || (value !== undefined && !values.includes(value))) {
      throw new RenderError(
        `${key} in argocd-cm: ${words[at]} ${value ?? ''} is not let through; use ${[...letThrough.keys()].join(', ')} with the values of kustomize`,
      )
    }
    options.push(value === undefined ? name : `${name}=${value}`)
    if (value !== undefined) at++
  }
  return options
}
