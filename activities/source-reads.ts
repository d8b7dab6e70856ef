import { posix } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { Git } from '../clients/git.ts'
import type { ApplicationSource } from '../core/application.ts'
import { RenderError } from '../core/errors.ts'
import { globMatch } from '../core/glob.ts'
import { dependenciesOf } from '../core/render/helm.ts'
import { type References, referencesOf } from '../core/render/kustomization-references.ts'
import { readYaml } from '../core/render/read-yaml.ts'
import { kustomizationIn, type Tool, toolOf } from '../core/render/tool.ts'

/** One commit of a repository. */
export type Checkout = { readonly git: Git; readonly url: string; readonly commit: string }

/** What renders a source, and all that it reads: paths from the root of the repository. */
export type SourceReads = {
  readonly tool: Tool
  /** The folder of the source first. */
  readonly paths: readonly string[]
  /** Helm's value files in their order, without those that may be missing and are. */
  readonly valueFiles: readonly string[]
  readonly parameterFiles: readonly string[]
  /** Whether charts of the same repository have to be packed first. */
  readonly hasLocalCharts: boolean
}

/** Finds out what a render of the source would read, without rendering it (SRC-10). */
export async function readsOf(checkout: Checkout, source: ApplicationSource): Promise<SourceReads> {
  const folder = clean(source.path ?? '.')
  const names = await namesIn(checkout, folder)
  const tool = toolOf(source, names)
  if (tool === 'Helm') return { tool, ...(await helmReads(checkout, source, folder)) }
  const paths =
    tool === 'Kustomize' ? await kustomizeReads(checkout, source, folder) : new Set([folder])
  return { tool, paths: [...paths], valueFiles: [], parameterFiles: [], hasLocalCharts: false }
}

// names by the id of the folder's tree: the same tree has the same names for ever
const knownNames = new LRUCache<string, readonly string[]>({ max: 20_000 })
const knownReferences = new LRUCache<string, References>({ max: 20_000 })

async function namesIn({ git, url, commit }: Checkout, folder: string): Promise<readonly string[]> {
  const at = await git.objectAt(url, commit, folder)
  const known = knownNames.get(at?.id ?? '')
  if (known !== undefined) return known
  const files = await git.readTree(url, commit, folder, { recurse: false })
  const found = files.map(({ path }) => path)
  if (at !== undefined) knownNames.set(at.id, found)
  return found
}

/** A path of the repository in one spelling; RenderError for one that leaves it. */
function clean(path: string): string {
  const found = posix.normalize(path).replace(/\/$/, '')
  if (found === '..' || found.startsWith('../') || found.startsWith('/')) {
    throw new RenderError(`the path ${path} leaves the repository; give one inside it`)
  }
  return found
}

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
  const { git, url, commit } = walk.checkout
  const path = clean(posix.join(folder, reference))
  const found = await git.objectAt(url, commit, path)
  if (found === undefined && walk.mayBeMissing.has(reference)) return
  if (found === undefined || (found.isFolder && !mayBeFolder)) throw notThere(folder, reference)
  if (found.isFolder) await visit(walk, path)
  else walk.read.add(path)
}

function notThere(folder: string, reference: string): RenderError {
  return new RenderError(
    `${posix.join(folder, 'kustomization.yaml')}: ${reference} is no file or folder of the repository (addresses outside of it are refused); correct it or add what is missing`,
  )
}

async function kustomizationReferences(checkout: Checkout, folder: string): Promise<References> {
  const { git, url, commit } = checkout
  const at = await git.objectAt(url, commit, folder)
  const known = knownReferences.get(at?.id ?? '')
  if (known !== undefined) return known
  const name = kustomizationIn(await namesIn(checkout, folder))
  if (name === undefined) throw new RenderError(`the folder ${folder} has no kustomization.yaml`)
  const file = posix.join(folder, name)
  const found = referencesOf(readYaml(await textAt(checkout, file), file), file)
  if (at !== undefined) knownReferences.set(at.id, found)
  return found
}

/** The chart, the value and parameter files beside it, and charts that it names by `file://` (HELM-01, HELM-22). */
async function helmReads(checkout: Checkout, { helm = {} }: ApplicationSource, folder: string) {
  const valueFiles: string[] = []
  for (const file of helm.valueFiles ?? []) {
    valueFiles.push(...(await valueFilesAt(checkout, helm, folder, file)))
  }
  const parameters = (helm.fileParameters ?? []).map(({ path = '' }) => inRepository(folder, path))
  const charts = new Set([folder])
  await addCharts(checkout, folder, charts)
  return {
    paths: [...new Set([...charts, ...valueFiles, ...parameters])],
    valueFiles: [...new Set(valueFiles)],
    parameterFiles: parameters,
    hasLocalCharts: charts.size > 1,
  }
}

async function addCharts(checkout: Checkout, chart: string, charts: Set<string>): Promise<void> {
  const names = await namesIn(checkout, chart)
  if (!names.includes('Chart.yaml')) {
    throw new RenderError(`the folder ${chart} has no Chart.yaml; correct spec.source.path`)
  }
  const file = posix.join(chart, 'Chart.yaml')
  const dependencies = dependenciesOf(readYaml(await textAt(checkout, file), file))
  const isLocal = ({ repository }: { repository: string }) => repository.startsWith('file://')
  const local = dependencies.filter(isLocal)
  const [foreign] = dependencies.filter((dependency) => !isLocal(dependency))
  const vendored = await checkout.git.objectAt(
    checkout.url,
    checkout.commit,
    posix.join(chart, 'charts'),
  )
  // packing the local ones would make Helm fetch the others
  if (foreign !== undefined && (vendored === undefined || local.length > 0)) {
    throw new RenderError(
      `${file}: the chart ${foreign.name} is not in the repository; vendor it into ${chart}/charts, charts from ${foreign.repository || 'elsewhere'} are not fetched`,
    )
  }
  for (const { repository } of local) {
    const path = clean(posix.join(chart, repository.slice('file://'.length)))
    if (charts.has(path)) continue
    charts.add(path)
    await addCharts(checkout, path, charts)
  }
}

/** HELM-02, HELM-03: globs in lexical order; a file that is not there is an error unless it may be missing. */
async function valueFilesAt(
  { git, url, commit }: Checkout,
  { ignoreMissingValueFiles }: NonNullable<ApplicationSource['helm']>,
  folder: string,
  file: string,
): Promise<readonly string[]> {
  if (/^[a-z]+:\/\//.test(file) || file.startsWith('$')) {
    throw new RenderError(
      `the value file ${file} is not in the repository; only such files are read`,
    )
  }
  const path = inRepository(folder, file)
  if (path.includes('*')) {
    const base =
      path
        .slice(0, path.indexOf('*'))
        .replace(/[^/]*$/, '')
        .replace(/\/$/, '') || '.'
    const files = await git.readTree(url, commit, base, { recurse: true })
    const found = files
      .map((entry) => clean(posix.join(base, entry.path)))
      .filter((name) => globMatch(path, name, '/'))
      .sort()
    if (found.length > 0 || ignoreMissingValueFiles === true) return found
  } else if ((await git.objectAt(url, commit, path)) !== undefined) return [path]
  else if (ignoreMissingValueFiles === true) return []
  throw new RenderError(
    `the value file ${file} does not exist; add it or set ignoreMissingValueFiles`,
  )
}

/** A leading `/` means the root of the repository. */
function inRepository(folder: string, file: string): string {
  return clean(file.startsWith('/') ? file.slice(1) : posix.join(folder, file))
}

async function textAt({ git, url, commit }: Checkout, path: string): Promise<string> {
  const at = await git.objectAt(url, commit, path)
  return at === undefined ? '' : ((await git.readBlobs(url, [at.id])).get(at.id) ?? '')
}
