import type { ApplicationSource } from '../core/application.ts'
import type { Plugin } from '../core/render/plugin.ts'
import { chosenTool, foundTool, type Tool } from '../core/render/tool.ts'
import { readToolSettings, type Setting } from '../core/render/tool-settings.ts'
import type { FetchChart, LocalChart } from './chart-dependencies.ts'
import { type Checkout, clean, type FileAt, namesIn } from './checkout.ts'
import { helmReads, type Lenders, type MayRead, type ValueFile } from './helm-reads.ts'
import { type JsonnetReads, jsonnetReads } from './jsonnet-reads.ts'
import {
  type Elsewhere,
  kustomizeReads,
  type MountedBase,
  type RemoteResource,
  type UnpackedChart,
} from './kustomize-reads.ts'
import { type PluginClients, pluginFor } from './plugin-choice.ts'

/** What renders a source, and all that it reads: paths from the root of the repository. */
export type SourceReads = {
  readonly tool: Tool
  /** The folder of the source first. */
  readonly paths: readonly string[]
  /** Files of other sources, which are named `$ref/path` (SRC-08). */
  readonly lent: readonly FileAt[]
  /** Helm's value files in their order, without those that may be missing and are. */
  readonly valueFiles: readonly ValueFile[]
  readonly parameterFiles: readonly FileAt[]
  /** The charts of the repository that have to be made whole first, the one that is rendered last. */
  readonly charts: readonly LocalChart[]
  /** The folders of other repositories, and which kustomizations name them (KUST-13). */
  readonly bases: readonly MountedBase[]
  /** The charts that kustomize has Helm render and that are not in the repository (KUST-11). */
  readonly unpacked: readonly UnpackedChart[]
  /** The single files at addresses that its kustomizations name. */
  readonly remoteResources: readonly RemoteResource[]
  /** What the operator says to `kustomize build` (KUST-12). */
  readonly buildOptions: readonly string[]
  /** How many bytes the manifests of a directory may have together (SRC-19). */
  readonly maxBytes?: number | undefined
  /** The Jsonnet programs of a directory that holds any. */
  readonly jsonnet?: JsonnetReads
  /** What of the repository a plugin is not shown, as globs (DIR-11). */
  readonly leftOut: readonly string[]
  /** What makes the manifests when the tool is a plugin. */
  readonly plugin?: Plugin
}

type Surroundings = {
  readonly lenders: Lenders
  readonly fetchChart: FetchChart
  readonly elsewhere: Elsewhere
  readonly mayRead: MayRead
}

const none = {
  ...{ lent: [], valueFiles: [], parameterFiles: [] },
  ...{ charts: [], bases: [], unpacked: [], remoteResources: [], buildOptions: [], leftOut: [] },
} as const

/** Finds out what a render of the source would read, without rendering it (SRC-10). */
export async function readsOf(
  clients: PluginClients & { readonly setting: Setting },
  checkout: Checkout,
  source: ApplicationSource,
  { lenders, fetchChart, elsewhere, mayRead }: Surroundings,
): Promise<SourceReads> {
  const folder = clean(source.path ?? '.')
  const chosen = chosenTool(source)
  const settings = readToolSettings(clients.setting)
  if (chosen === undefined || chosen === 'Plugin') {
    const plugin = await pluginFor(clients, checkout, folder, source)
    // it may read whatever the repository holds
    const leftOut = settings.pluginExclusions
    if (plugin !== undefined) return { tool: 'Plugin', paths: ['.'], ...none, leftOut, plugin }
  }
  const wanted = chosen ?? foundTool(await namesIn(checkout, folder))
  const { isOn, buildOptions } = settings
  const tool = isOn(wanted) ? wanted : 'Directory'
  if (tool === 'Helm')
    return {
      tool,
      ...(await helmReads({ checkout, folder, lenders, mayRead, fetchChart }, source)),
    }
  if (tool === 'Kustomize') {
    const given = buildOptions(source.kustomize?.version ?? '')
    const inflating = given.includes('--enable-helm') ? fetchChart : undefined
    return {
      tool,
      ...none,
      ...(await kustomizeReads({ checkout, elsewhere, fetchChart: inflating }, source, folder)),
      buildOptions: given,
    }
  }
  const jsonnet = isOn('Jsonnet') ? await jsonnetReads(checkout, source, folder) : undefined
  const maxBytes = settings.directoryBytes
  return { tool, paths: [folder], ...none, maxBytes, ...(jsonnet !== undefined && { jsonnet }) }
}
