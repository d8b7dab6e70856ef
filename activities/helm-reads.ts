import { posix } from 'node:path'
import type { ApplicationSource } from '../core/application.ts'
import { RenderError } from '../core/errors.ts'
import { pathMatch, wildcardAt } from '../core/glob.ts'
import { dependenciesOf, lenderOf } from '../core/render/helm.ts'
import { readYaml } from '../core/render/read-yaml.ts'
import { type Checkout, clean, type FileAt, namesIn, textAt } from './checkout.ts'

/** The checkouts of other sources by the names under which value files find them (SRC-08). */
export type Lenders = ReadonlyMap<string, Checkout>

type Chart = {
  readonly checkout: Checkout
  readonly folder: string
  readonly lenders: Lenders
  /** A packed chart brings its dependencies along, wherever they came from. */
  readonly isPacked?: boolean
}

/** The chart, the value and parameter files beside it, and charts that it names by `file://` (HELM-01, HELM-22). */
export async function helmReads(chart: Chart, { helm = {} }: ApplicationSource) {
  const { checkout, folder } = chart
  const valueFiles: FileAt[] = []
  for (const file of helm.valueFiles ?? []) {
    for (const found of await valueFilesAt(chart, helm, file)) {
      if (!valueFiles.some((known) => isSame(known, found))) valueFiles.push(found)
    }
  }
  const parameterFiles = (helm.fileParameters ?? []).map(({ path = '' }) => fileAt(chart, path))
  const charts = new Set([folder])
  if (chart.isPacked !== true) await addCharts(checkout, folder, charts)
  const named = [...valueFiles, ...parameterFiles]
  const own = named.filter((file) => file.checkout === checkout).map(({ path }) => path)
  return {
    paths: [...new Set([...charts, ...own])],
    lent: named.filter((file) => file.checkout !== checkout),
    valueFiles,
    parameterFiles,
    hasLocalCharts: charts.size > 1,
  }
}

function isSame(a: FileAt, b: FileAt): boolean {
  return a.checkout === b.checkout && a.path === b.path
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
  const vendored = await checkout.reader.objectAt(
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
  chart: Chart,
  { ignoreMissingValueFiles }: NonNullable<ApplicationSource['helm']>,
  file: string,
): Promise<readonly FileAt[]> {
  const { checkout, path } = fileAt(chart, file)
  const { reader, url, commit } = checkout
  if (wildcardAt(path) >= 0) {
    const found = await matching(checkout, path)
    if (found.length > 0 || ignoreMissingValueFiles === true) {
      return found.map((name) => ({ checkout, path: name }))
    }
  } else if ((await reader.objectAt(url, commit, path)) !== undefined) return [{ checkout, path }]
  else if (ignoreMissingValueFiles === true) return []
  throw new RenderError(
    `the value file ${file} does not exist; add it or set ignoreMissingValueFiles`,
  )
}

async function matching(
  { reader, url, commit }: Checkout,
  glob: string,
): Promise<readonly string[]> {
  const before = glob.slice(0, wildcardAt(glob)).replace(/[^/]*$/, '')
  const base = before.replace(/\/$/, '') || '.'
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
