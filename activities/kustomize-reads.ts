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
import { kustomizationIn } from '../core/render/tool.ts'
import { type Checkout, clean, namesIn, textAt } from './checkout.ts'

/** The folder of another repository that an address means; RenderError, which begins with the place, when there is none. */
export type FetchBase = (
  checkout: Checkout,
  reference: string,
  place: string,
) => Promise<{ readonly checkout: Checkout; readonly path: string }>

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

const knownReferences = new LRUCache<string, References>({ max: 20_000 })
const maxBases = 50

type Walk = {
  readonly checkout: Checkout
  readonly fetchBase: FetchBase
  /** Where the repository lies in the private folder; empty for the source's own. */
  readonly mount: string
  readonly bases: MountedBase[]
  readonly read: Set<string>
  readonly mayBeMissing: ReadonlySet<string>
}

/** Follows bases, components and files from folder to folder, and into other repositories (KUST-13). */
export async function kustomizeReads(
  begin: Pick<Walk, 'checkout' | 'fetchBase'>,
  source: ApplicationSource,
  folder: string,
): Promise<{ readonly paths: readonly string[]; readonly bases: readonly MountedBase[] }> {
  const { components = [], patches = [], ignoreMissingComponents } = source.kustomize ?? {}
  const mayBeMissing = new Set(ignoreMissingComponents === true ? components : [])
  const walk = { ...begin, mount: '', bases: [], read: new Set<string>(), mayBeMissing }
  const ofOptions = {
    places: components,
    files: patches.flatMap(({ path }) => path || []),
  }
  await visit(walk, folder, ofOptions)
  return { paths: [...walk.read], bases: walk.bases }
}

async function visit(
  walk: Walk,
  folder: string,
  further?: Pick<References, 'places' | 'files'>,
): Promise<void> {
  if (walk.read.has(folder)) return
  walk.read.add(folder)
  const own = await kustomizationReferences(walk.checkout, folder)
  for (const place of [...own.places, ...(further?.places ?? [])]) {
    await follow(walk, folder, place, true)
  }
  for (const file of [...own.files, ...(further?.files ?? [])]) {
    await follow(walk, folder, file, false)
  }
  for (const remote of own.remote) await mountBase(walk, folder, remote)
}

/** A repository lies in the private folder once for each commit; names of the tree cannot begin with `.driftless`. */
async function mountBase(
  walk: Walk,
  folder: string,
  { reference, place }: References['remote'][number],
): Promise<void> {
  const { bases, mount: within } = walk
  if (bases.length >= maxBases) throw new RenderError(`${place}: more than ${maxBases} bases`)
  const { checkout, path } = await walk.fetchBase(walk.checkout, reference, place)
  const mount = posix.join('.driftless', checkout.commit)
  const name = kustomizationIn(await namesIn(walk.checkout, folder)) ?? ''
  const read = new Set<string>()
  const at = bases.push({
    ...{ checkout, mount, reference, path, paths: [] },
    namedBy: posix.join(within, folder, name),
  })
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

async function kustomizationReferences(checkout: Checkout, folder: string): Promise<References> {
  const { reader, url, commit } = checkout
  const at = await reader.objectAt(url, commit, folder)
  // with the folder, because errors name it
  const cached = `${at?.id} ${folder}`
  const known = knownReferences.get(cached)
  if (known !== undefined) return known
  const name = kustomizationIn(await namesIn(checkout, folder))
  if (name === undefined) throw new RenderError(`the folder ${folder} has no kustomization.yaml`)
  const file = posix.join(folder, name)
  const text = await textAt(checkout, file)
  const found = referencesOf(readKustomization(text, file), file, text)
  if (at !== undefined) knownReferences.set(cached, found)
  return found
}
