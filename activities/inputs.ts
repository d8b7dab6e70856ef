import type { StoredApplication } from '../clients/applications.ts'
import { digestOf } from '../core/digest.ts'
import { usesRevision } from '../core/render/environment.ts'
import { usualDirectoryBytes } from '../core/render/tool-settings.ts'
import type { Checkout, FileAt } from './checkout.ts'
import type { MountedBase } from './kustomize-reads.ts'
import type { SourceReads } from './source-reads.ts'
import { type SourceAt, type SourceClients, sourcesAt } from './sources.ts'
import { identitiesOf } from './watched-paths.ts'

// part of every digest of inputs: a change of how we render is a change of the inputs
const renderers = {
  ...{ Directory: 'directory-1', Helm: 'helm-2', Kustomize: 'kustomize-1', Plugin: 'plugin-1' },
} as const

export type Inputs = {
  /** Of each source, in their order; a chart's is its version. */
  readonly commits: readonly string[]
  readonly inputs: string
}

/**
 * The commits that the application's revisions are now, and the digest of all it renders from: the
 * folders, everything outside of them that is read, the tools and their options. Reads mirrors only.
 * With `known` commits, those are meant in place of what the revisions are now.
 */
export async function inputsOf(
  clients: SourceClients,
  current: StoredApplication,
  known?: readonly string[],
): Promise<Inputs> {
  const sources = await sourcesAt(clients, current, known)
  const parts = await Promise.all(sources.map(partsOf))
  const commits = sources.map(({ checkout }) => checkout.commit)
  // one source has the digest that it always had
  const [only = [], ...more] = parts
  return { commits, inputs: digestOf(more.length === 0 ? only : parts).slice(0, 32) }
}

async function partsOf(at: SourceAt): Promise<readonly unknown[]> {
  const { source, checkout, reads, tree, watched } = at
  // a lender counts by the files that are lent
  if (reads === undefined) return []
  if (watched !== undefined) return await watchedParts(at, reads, watched)
  const begin = [renderers[reads.tool], tree]
  if (reads.tool === 'Directory') {
    const { directory } = source
    return [
      ...begin,
      directory ?? null,
      ...limitParts(reads),
      ...(await jsonnetParts(directory?.jsonnet, checkout, reads)),
    ]
  }
  const options = optionsOf(source, reads)
  const outside = await Promise.all(filesOf(reads, checkout).map(identityOf))
  const commit = usesRevision(JSON.stringify(options)) ? [checkout.commit] : []
  const dependencies = reads.charts.flatMap((chart) => chart.fetched)
  const fetched = [...dependencies, ...reads.unpacked].map(({ chart }) => chart.digest)
  const bases = await Promise.all(reads.bases.flatMap(filesOfBase).map(identityOf))
  const more = [fetched, bases].filter((list) => list.length > 0)
  return [...begin, options, outside, ...commit, ...more]
}

/** Where the Application says what its manifests depend on, nothing else of this repository counts (SRC-17). */
async function watchedParts(
  { source, checkout }: SourceAt,
  reads: SourceReads,
  watched: readonly string[],
): Promise<readonly unknown[]> {
  const options = reads.tool === 'Directory' ? (source.directory ?? null) : optionsOf(source, reads)
  const lent = await Promise.all(reads.lent.map(identityOf))
  return [renderers[reads.tool], 'paths', await identitiesOf(checkout, watched), options, lent]
}

/** What the source says to its tool, and what the operator says of plugins and of kustomize. */
function optionsOf({ helm, kustomize, plugin }: SourceAt['source'], reads: SourceReads): unknown {
  if (reads.tool === 'Plugin')
    return [reads.plugin, plugin ?? null, ...(reads.leftOut.length > 0 ? [reads.leftOut] : [])]
  if (reads.buildOptions.length > 0) return [kustomize ?? null, reads.buildOptions]
  return (reads.tool === 'Helm' ? helm : kustomize) ?? null
}

/** What was too much may be enough under another limit. Nothing for the usual one. */
function limitParts({ maxBytes }: SourceReads): readonly unknown[] {
  return maxBytes === usualDirectoryBytes ? [] : ['bytes', maxBytes ?? null]
}

/** Nothing for a directory without programs: it has the digest that it always had. */
async function jsonnetParts(
  options: unknown,
  checkout: Checkout,
  { jsonnet }: SourceReads,
): Promise<readonly unknown[]> {
  if (jsonnet === undefined) return []
  const files = jsonnet.paths.map((path) => ({ checkout, path }))
  const commit = usesRevision(JSON.stringify(options ?? null)) ? [checkout.commit] : []
  return ['jsonnet-1', await Promise.all(files.map(identityOf)), ...commit]
}

function filesOf({ paths, lent }: SourceReads, checkout: FileAt['checkout']): readonly FileAt[] {
  return [...paths.map((path) => ({ checkout, path })), ...lent]
}

function filesOfBase({ checkout, paths }: MountedBase): readonly FileAt[] {
  return paths.map((path) => ({ checkout, path }))
}

async function identityOf({ checkout: { reader, url, commit }, path }: FileAt) {
  return [path, (await reader.objectAt(url, commit, path))?.id ?? null] as const
}
