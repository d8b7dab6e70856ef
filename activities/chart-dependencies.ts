import { posix } from 'node:path'
import type { ChartAt } from '../clients/charts.ts'
import { RenderError } from '../core/errors.ts'
import {
  type ChartDependency,
  checkDependency,
  dependenciesOf,
  dependencyFiles,
  isVendored,
  lockedVersion,
} from '../core/render/chart-dependencies.ts'
import { readYaml } from '../core/render/read-yaml.ts'
import { type Checkout, clean, namesIn, textAt } from './checkout.ts'

/** A chart of the repository, and what has to be put into its folder `charts` before it is rendered. */
export type LocalChart = {
  readonly folder: string
  /** Folders of charts of the same repository. */
  readonly packed: readonly string[]
  readonly fetched: readonly FetchedChart[]
}

type FetchedChart = { readonly name: string; readonly chart: ChartAt }
/** Gets a chart from its repository, as far as the project may. */
export type FetchChart = (dependency: ChartDependency) => Promise<ChartAt>

/** The chart and those that it names by `file://`, each after what it needs (HELM-22). */
export async function localCharts(
  checkout: Checkout,
  folder: string,
  fetch: FetchChart,
): Promise<readonly LocalChart[]> {
  const seen = new Set<string>()
  const found: LocalChart[] = []
  const visit = async (chart: string): Promise<void> => {
    if (seen.has(chart)) return
    seen.add(chart)
    const missing = await missingDependencies(checkout, chart)
    const packed = missing.flatMap(({ repository }) =>
      isLocal(repository) ? [clean(posix.join(chart, repository.slice('file://'.length)))] : [],
    )
    for (const needed of packed) await visit(needed)
    const fetched: FetchedChart[] = []
    for (const dependency of missing.filter(({ repository }) => !isLocal(repository))) {
      fetched.push({ name: dependency.name, chart: await fetch(dependency) })
    }
    found.push({ folder: chart, packed, fetched })
  }
  await visit(folder)
  return found
}

function isLocal(repository: string): boolean {
  return repository.startsWith('file://')
}

/** What is not vendored, with the version that the lock says. */
async function missingDependencies(
  checkout: Checkout,
  chart: string,
): Promise<readonly ChartDependency[]> {
  const names = await namesIn(checkout, chart)
  if (!names.includes('Chart.yaml')) {
    throw new RenderError(`the folder ${chart} has no Chart.yaml; correct spec.source.path`)
  }
  const vendored = await vendoredIn(checkout, posix.join(chart, 'charts'))
  const lists = await Promise.all(
    dependencyFiles
      .filter(({ file }) => names.includes(file))
      .map(async ({ file, lock }) => {
        const named = await listIn(checkout, posix.join(chart, file))
        const missing = named.filter((dependency) => !isVendored(dependency, vendored))
        if (missing.length === 0 || missing.every(({ repository }) => isLocal(repository))) {
          return missing
        }
        const lockFile = names.includes(lock) ? posix.join(chart, lock) : undefined
        const locked = lockFile === undefined ? [] : await listIn(checkout, lockFile)
        return missing.map((dependency) => {
          if (isLocal(dependency.repository)) return dependency
          checkDependency(dependency, posix.join(chart, file))
          return lockFile === undefined
            ? dependency
            : { ...dependency, version: lockedVersion(dependency, locked, lockFile) }
        })
      }),
  )
  return lists.flat()
}

async function listIn(checkout: Checkout, file: string): Promise<readonly ChartDependency[]> {
  return dependenciesOf(readYaml(await textAt(checkout, file), file))
}

async function vendoredIn(checkout: Checkout, folder: string): Promise<readonly string[]> {
  const { reader, url, commit } = checkout
  const at = await reader.objectAt(url, commit, folder)
  if (at?.isFolder !== true) return []
  const files = await reader.readTree(url, commit, folder, { recurse: true })
  return files.map(({ path }) => path)
}
