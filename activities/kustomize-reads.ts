import { posix } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { ChartAt } from '../clients/charts.ts'
import type { ApplicationSource } from '../core/application.ts'
import { RenderError } from '../core/errors.ts'
import {
  chartFields,
  chartsIn,
  checkFetched,
  type InflatedChart,
} from '../core/render/kustomization-charts.ts'
import { readKustomization } from '../core/render/kustomization-fields.ts'
import {
  isAddress,
  placeOf,
  type References,
  referencesOf,
  refuseAddress,
} from '../core/render/kustomization-references.ts'
import { isRemoteFile } from '../core/render/remote-base.ts'
import { kustomizationIn } from '../core/render/tool.ts'
import type { FetchChart } from './chart-dependencies.ts'
import { type Checkout, clean, namesIn, textAt } from './checkout.ts'

/** What a kustomization may name outside of its repository; RenderError, which begins with the place, for anything else. */
export type Elsewhere = {
  /** The folder of another repository that an address means. */
  fetchBase(
    checkout: Checkout,
    reference: string,
    place: string,
  ): Promise<{ readonly checkout: Checkout; readonly path: string }>
  /** Lets an address of a single file through. */
  mayRead(reference: string, place: string): void
}

/** A chart that was fetched, and the folder in the private one where kustomize looks for it. */
export type UnpackedChart = { readonly place: string; readonly chart: ChartAt }

/** A single file at an address, and which kustomization names it; it is read with each render. */
export type RemoteResource = {
  readonly reference: string
  readonly place: string
  readonly namedBy: string
}

/** A folder of another repository, as it lies in the private folder of a render. */
export type MountedBase = {
  readonly checkout: Checkout
  readonly paths: readonly string[]
  /** Where its repository lies there. */
  readonly mount: string
  /** How kustomizations name it, and the path of each of them there. */
  readonly reference: string
  readonly namedBy: string
  readonly path: string
}

type Known = References & { readonly charts: readonly InflatedChart[] }
const knownReferences = new LRUCache<string, Known>({ max: 20_000 })
const maxElsewhere = 50

type Walk = {
  readonly checkout: Checkout
  readonly elsewhere: Elsewhere
  /** How charts are got where kustomizations may name them (KUST-11). */
  readonly fetchChart: FetchChart | undefined
  /** Where the repository lies in the private folder; empty for the source's own. */
  readonly mount: string
  readonly bases: MountedBase[]
  readonly remoteResources: RemoteResource[]
  readonly unpacked: UnpackedChart[]
  readonly read: Set<string>
  readonly mayBeMissing: ReadonlySet<string>
}

/** What a kustomization reads: paths of its repository, and what lies elsewhere. */
export type KustomizeReads = {
  readonly paths: readonly string[]
  readonly bases: readonly MountedBase[]
  readonly remoteResources: readonly RemoteResource[]
  readonly unpacked: readonly UnpackedChart[]
}

/** Follows bases, components and files from folder to folder, and into other repositories (KUST-13). */
export async function kustomizeReads(
  begin: Pick<Walk, 'checkout' | 'elsewhere' | 'fetchChart'>,
  source: ApplicationSource,
  folder: string,
): Promise<KustomizeReads> {
  const { components = [], patches = [], ignoreMissingComponents } = source.kustomize ?? {}
  const mayBeMissing = new Set(ignoreMissingComponents === true ? components : [])
  const found = { bases: [], remoteResources: [], unpacked: [] }
  const walk = { ...begin, ...found, mount: '', read: new Set<string>(), mayBeMissing }
  const ofOptions = {
    places: components,
    files: patches.flatMap(({ path }) => path || []),
  }
  await visit(walk, folder, ofOptions)
  return { paths: [...walk.read], ...found }
}

async function visit(
  walk: Walk,
  folder: string,
  further?: Pick<References, 'places' | 'files'>,
): Promise<void> {
  if (walk.read.has(folder)) return
  walk.read.add(folder)
  const own = await kustomizationReferences(walk.checkout, folder, walk.fetchChart !== undefined)
  for (const place of [...own.places, ...(further?.places ?? [])]) {
    await follow(walk, folder, place, true)
  }
  for (const file of [...own.files, ...(further?.files ?? [])]) {
    await follow(walk, folder, file, false)
  }
  for (const chart of own.charts) await followChart(walk, folder, chart)
  for (const remote of own.remote) await followElsewhere(walk, folder, remote)
}

/** A chart of the repository is read like every folder, another one is fetched (KUST-11). */
async function followChart(walk: Walk, folder: string, chart: InflatedChart): Promise<void> {
  const { reader, url, commit } = walk.checkout
  const place = clean(posix.join(folder, chart.place))
  if ((await reader.objectAt(url, commit, place))?.isFolder === true) {
    walk.read.add(place)
    return
  }
  checkFetched(chart)
  const fetched = await walk.fetchChart?.(chart)
  if (fetched === undefined) return
  walk.unpacked.push({ place: posix.join(walk.mount, place), chart: fetched })
}

async function followElsewhere(
  walk: Walk,
  folder: string,
  remote: References['remote'][number],
): Promise<void> {
  const { bases, remoteResources, mount, elsewhere } = walk
  if (bases.length + remoteResources.length >= maxElsewhere)
    throw new RenderError(`${remote.place}: more than ${maxElsewhere} bases and files elsewhere`)
  const name = kustomizationIn(await namesIn(walk.checkout, folder)) ?? ''
  const namedBy = posix.join(mount, folder, name)
  if (!isRemoteFile(remote.reference)) return await mountBase(walk, namedBy, remote)
  elsewhere.mayRead(remote.reference, remote.place)
  remoteResources.push({ ...remote, namedBy })
}

/** A repository lies in the private folder once for each commit; names of the tree cannot begin with `.driftless`. */
async function mountBase(
  walk: Walk,
  namedBy: string,
  { reference, place }: References['remote'][number],
): Promise<void> {
  const { bases, elsewhere } = walk
  const { checkout, path } = await elsewhere.fetchBase(walk.checkout, reference, place)
  const mount = posix.join('.driftless', checkout.commit)
  const read = new Set<string>()
  const at = bases.push({ checkout, mount, reference, path, paths: [], namedBy })
  await visit({ ...walk, checkout, mount, read, mayBeMissing: new Set() }, clean(path))
  const mounted = bases[at - 1]
  if (mounted !== undefined) bases[at - 1] = { ...mounted, paths: [...read] }
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

async function kustomizationReferences(
  checkout: Checkout,
  folder: string,
  mayNameCharts: boolean,
): Promise<Known> {
  const { reader, url, commit } = checkout
  const at = await reader.objectAt(url, commit, folder)
  // with the folder, because errors name it
  const cached = `${at?.id} ${folder} ${mayNameCharts}`
  const known = knownReferences.get(cached)
  if (known !== undefined) return known
  const name = kustomizationIn(await namesIn(checkout, folder))
  if (name === undefined) throw new RenderError(`the folder ${folder} has no kustomization.yaml`)
  const file = posix.join(folder, name)
  const text = await textAt(checkout, file)
  const kustomization = readKustomization(text, file)
  const own = referencesOf(kustomization, file, text, mayNameCharts ? chartFields : [])
  const { charts, files } = chartsIn(kustomization, file)
  for (const one of files.filter(isAddress)) refuseAddress(one, placeOf(one, file, text))
  const found = { ...own, files: [...own.files, ...files], charts }
  if (at !== undefined) knownReferences.set(cached, found)
  return found
}
