import { posix } from 'node:path'
import type { ApplicationSource } from '../core/application.ts'
import { RenderError } from '../core/errors.ts'
import { pathMatch, wildcardAt } from '../core/glob.ts'
import { lenderOf } from '../core/render/helm.ts'
import { type FetchChart, localCharts } from './chart-dependencies.ts'
import { type Checkout, clean, type FileAt } from './checkout.ts'

/** The checkouts of other sources by the names under which value files find them (SRC-08). */
export type Lenders = ReadonlyMap<string, Checkout>

/** Throws RenderError for an address of a value file that may not be read. */
export type MayRead = (address: string) => void
/** A file of a repository, or one that lies at an address. */
export type ValueFile = FileAt | { readonly address: string }

type Chart = {
  readonly checkout: Checkout
  readonly folder: string
  readonly lenders: Lenders
  readonly mayRead: MayRead
  /** How its dependencies are got; a packed chart brings them along. */
  readonly fetchChart?: FetchChart
}

/** The chart, the value and parameter files beside it, and charts that it names by `file://` (HELM-01, HELM-22). */
export async function helmReads(chart: Chart, { helm = {} }: ApplicationSource) {
  const { checkout, folder } = chart
  const valueFiles = await valueFilesOf(chart, helm)
  const parameterFiles = (helm.fileParameters ?? []).map(({ path = '' }) => fileAt(chart, path))
  const charts = chart.fetchChart && (await localCharts(checkout, folder, chart.fetchChart))
  const folders = charts?.map((local) => local.folder).toReversed() ?? [folder]
  const named = [...valueFiles.filter((file) => 'checkout' in file), ...parameterFiles]
  const own = named.filter((file) => file.checkout === checkout).map(({ path }) => path)
  return {
    paths: [...new Set([...folders, ...own])],
    lent: named.filter((file) => file.checkout !== checkout),
    valueFiles,
    parameterFiles,
    charts: charts ?? [],
    ...{ bases: [], unpacked: [], remoteResources: [], buildOptions: [], leftOut: [] },
  }
}

type Helm = NonNullable<ApplicationSource['helm']>
type Named = { readonly files: readonly ValueFile[]; readonly isGlob: boolean }

/**
 * HELM-02: a file that is named keeps its place, and a glob leaves it out; what several globs match
 * comes once, where the first of them stands.
 */
async function valueFilesOf(chart: Chart, helm: Helm): Promise<readonly ValueFile[]> {
  const entries: Named[] = []
  for (const file of helm.valueFiles ?? []) entries.push(await valueFilesAt(chart, helm, file))
  const taken = entries.flatMap(({ files, isGlob }) => (isGlob ? [] : files)).map(idOf)
  const ids = new Set(taken)
  return entries.flatMap(({ files, isGlob }) => {
    if (!isGlob) return files
    const fresh = files.filter((file) => !ids.has(idOf(file)))
    for (const file of fresh) ids.add(idOf(file))
    return fresh
  })
}

function idOf(file: ValueFile): string {
  if ('address' in file) return file.address
  const { checkout, path } = file
  return [checkout.url, checkout.commit, path].join('\n')
}

/** HELM-03: globs in lexical order; a file that is not there is an error unless it may be missing. */
async function valueFilesAt(
  chart: Chart,
  { ignoreMissingValueFiles }: Helm,
  file: string,
): Promise<Named> {
  if (/^https?:\/\//.test(file)) {
    chart.mayRead(file)
    return { files: [{ address: file }], isGlob: false }
  }
  const { checkout, path } = fileAt(chart, file)
  const isGlob = wildcardAt(path) >= 0
  const names = isGlob ? await matching(checkout, path) : await present(checkout, path)
  if (names.length > 0 || ignoreMissingValueFiles === true) {
    return { files: names.map((name) => ({ checkout, path: name })), isGlob }
  }
  throw new RenderError(
    `the value file ${file} does not exist; add it or set ignoreMissingValueFiles`,
  )
}

async function present({ reader, url, commit }: Checkout, path: string) {
  const found = await reader.objectAt(url, commit, path)
  return found === undefined || found.isFolder ? [] : [path]
}

async function matching(
  { reader, url, commit }: Checkout,
  glob: string,
): Promise<readonly string[]> {
  const before = glob.slice(0, wildcardAt(glob)).replace(/[^/]*$/, '')
  const base = before.replace(/\/$/, '') || '.'
  const at = await reader.objectAt(url, commit, base)
  if (at?.isFolder !== true) return []
  const files = await reader.readTree(url, commit, base, { recurse: true })
  return files
    .map((entry) => clean(posix.join(base, entry.path)))
    .filter((name) => pathMatch(glob, name))
    .sort()
}

/** A leading `/` means the root of the repository, `$name/` the root of the repository of that source. */
function fileAt({ checkout, folder, lenders }: Chart, file: string): FileAt {
  const name = lenderOf(file)
  if (name !== undefined) {
    const path = file.slice(`$${name}/`.length)
    if (path === '') throw new RenderError(`${file}: name the file, as $${name}/path/values.yaml`)
    const lender = lenders.get(name)
    if (lender !== undefined) return { checkout: lender, path: clean(path) }
    throw new RenderError(`${file}: no source has the ref ${name}; add it to spec.sources`)
  }
  if (/^[a-z]+:\/\//.test(file) || file.startsWith('$')) {
    throw new RenderError(`the file ${file} is not in the repository; only such files are read`)
  }
  return {
    checkout,
    path: clean(file.startsWith('/') ? file.slice(1) : posix.join(folder, file)),
  }
}
