import { posix } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { ApplicationSource } from '../core/application.ts'
import { RenderError } from '../core/errors.ts'
import {
  placeOf,
  type References,
  readKustomization,
  referencesOf,
} from '../core/render/kustomization-references.ts'
import type { Plugin } from '../core/render/plugin.ts'
import { chosenTool, foundTool, kustomizationIn, type Tool } from '../core/render/tool.ts'
import { readToolSettings, type Setting } from '../core/render/tool-settings.ts'
import type { FetchChart, LocalChart } from './chart-dependencies.ts'
import { type Checkout, clean, type FileAt, namesIn, textAt } from './checkout.ts'
import { helmReads, type Lenders, type MayRead, type ValueFile } from './helm-reads.ts'
import { type JsonnetReads, jsonnetReads } from './jsonnet-reads.ts'
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
  /** What the operator says to `kustomize build` (KUST-12). */
  readonly buildOptions: readonly string[]
  /** The Jsonnet programs of a directory that holds any. */
  readonly jsonnet?: JsonnetReads
  /** What makes the manifests when the tool is a plugin. */
  readonly plugin?: Plugin
}

type Surroundings = {
  readonly lenders: Lenders
  readonly fetchChart: FetchChart
  readonly mayRead: MayRead
}

/** Finds out what a render of the source would read, without rendering it (SRC-10). */
export async function readsOf(
  clients: PluginClients & { readonly setting: Setting },
  checkout: Checkout,
  source: ApplicationSource,
  { lenders, fetchChart, mayRead }: Surroundings,
): Promise<SourceReads> {
  const folder = clean(source.path ?? '.')
  const chosen = chosenTool(source)
  const none = { lent: [], valueFiles: [], parameterFiles: [], charts: [], buildOptions: [] }
  if (chosen === undefined || chosen === 'Plugin') {
    const plugin = await pluginFor(clients, checkout, folder, source)
    // it may read whatever the repository holds
    if (plugin !== undefined) return { tool: 'Plugin', paths: ['.'], ...none, plugin }
  }
  const wanted = chosen ?? foundTool(await namesIn(checkout, folder))
  const { isOn, buildOptions } = readToolSettings(clients.setting)
  const tool = isOn(wanted) ? wanted : 'Directory'
  if (tool === 'Helm')
    return {
      tool,
      ...(await helmReads({ checkout, folder, lenders, mayRead, fetchChart }, source)),
    }
  if (tool === 'Kustomize') {
    const paths = [...(await kustomizeReads(checkout, source, folder))]
    return { tool, paths, ...none, buildOptions: buildOptions(source.kustomize?.version ?? '') }
  }
  const jsonnet = isOn('Jsonnet') ? await jsonnetReads(checkout, source, folder) : undefined
  return { tool, paths: [folder], ...none, ...(jsonnet !== undefined && { jsonnet }) }
}

const knownReferences = new LRUCache<string, References>({ max: 20_000 })

type Walk = {
  readonly checkout: Checkout
  readonly read: Set<string>
  readonly mayBeMissing: ReadonlySet<string>
}

/** Follows bases, components and files from folder to folder; addresses are refused (KUST-13). */
async function kustomizeReads(
  checkout: Checkout,
  source: ApplicationSource,
  folder: string,
): Promise<ReadonlySet<string>> {
  const { components = [], patches = [], ignoreMissingComponents } = source.kustomize ?? {}
  const mayBeMissing = new Set(ignoreMissingComponents === true ? components : [])
  const walk = { checkout, read: new Set<string>(), mayBeMissing }
  const ofOptions = {
    places: components,
    files: patches.flatMap(({ path }) => path || []),
  }
  await visit(walk, folder, ofOptions)
  return walk.read
}

async function visit(walk: Walk, folder: string, further?: References): Promise<void> {
  if (walk.read.has(folder)) return
  walk.read.add(folder)
  const own = await kustomizationReferences(walk.checkout, folder)
  for (const place of [...own.places, ...(further?.places ?? [])]) {
    await follow(walk, folder, place, true)
  }
  for (const file of [...own.files, ...(further?.files ?? [])]) {
    await follow(walk, folder, file, false)
  }
}

async function follow(
  walk: Walk,
  folder: string,
  reference: string,
  mayBeFolder: boolean,
): Promise<void> {
  const { reader, url, commit } = walk.checkout
  const path = clean(posix.join(folder, reference))
  const found = await reader.objectAt(url, commit, path)
  if (found === undefined && walk.mayBeMissing.has(reference)) return
  if (found === undefined || (found.isFolder && !mayBeFolder)) {
    throw await notThere(walk.checkout, folder, reference)
  }
  if (found.isFolder) await visit(walk, path)
  else walk.read.add(path)
}

async function notThere(
  checkout: Checkout,
  folder: string,
  reference: string,
): Promise<RenderError> {
  const file = posix.join(folder, kustomizationIn(await namesIn(checkout, folder)) ?? '')
  const place = placeOf(reference, file, await textAt(checkout, file))
  return new RenderError(
    `${place}: ${reference} is no file or folder of the repository (addresses outside of it are refused); correct it or add what is missing`,
  )
}

async function kustomizationReferences(checkout: Checkout, folder: string): Promise<References> {
  const { reader, url, commit } = checkout
  const at = await reader.objectAt(url, commit, folder)
  const known = knownReferences.get(at?.id ?? '')
  if (known !== undefined) return known
  const name = kustomizationIn(await namesIn(checkout, folder))
  if (name === undefined) throw new RenderError(`the folder ${folder} has no kustomization.yaml`)
  const file = posix.join(folder, name)
  const text = await textAt(checkout, file)
  const found = referencesOf(readKustomization(text, file), file, text)
  if (at !== undefined) knownReferences.set(at.id, found)
  return found
}
