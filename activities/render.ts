import { LRUCache } from 'lru-cache'
import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { type Application, syncOption } from '../core/application.ts'
import { digestOf } from '../core/digest.ts'
import type { ApplicationRef, Fetched, OperationRequest, RenderedManifests } from '../core/flow.ts'
import { type TargetOptions, targetManifests } from '../core/manifest/target.ts'
import { instanceName } from '../core/manifest/tracking.ts'
import type { ParsedManifest } from '../core/manifest/yaml.ts'
import { readDirectory } from '../core/render/directory.ts'
import { clean } from './checkout.ts'
import type { ActivityClients } from './clients.ts'
import { destinationOf, requestedApplication } from './current.ts'
import { leavesAloneFor } from './permitted.ts'
import { renderJsonnet } from './render-jsonnet.ts'
import { renderWithPlugin } from './render-plugin.ts'
import { renderWithTool } from './render-tools.ts'
import { writeRendered } from './rendered.ts'
import { type SourceAt, sourcesAt } from './sources.ts'

export type RenderInput = {
  readonly application: ApplicationRef
  readonly specDigest: string
  readonly fetched: Fetched
  readonly request?: OperationRequest
  /** Renders again what is known already (AUTO-04). */
  readonly anew?: boolean
}

export type RenderClients = Pick<
  ActivityClients,
  | 'applications'
  | 'artifacts'
  | 'charts'
  | 'clusterOf'
  | 'clusters'
  | 'customizations'
  | 'git'
  | 'plugins'
  | 'setting'
  | 'remoteFiles'
  | 'tools'
>

/**
 * Renders the application's sources into the artifact cache. Equal inputs for the same application
 * and spec are rendered once.
 */
export function createRender(clients: RenderClients) {
  const known = new LRUCache<string, RenderedManifests>({ max: 5_000 })
  return async ({
    application: ref,
    specDigest,
    fetched,
    request,
    anew = false,
  }: RenderInput): Promise<RenderedManifests> => {
    const current = await requestedApplication(clients.applications, ref, specDigest, request)
    const { marks, kinds } = clients.customizations()
    const name = `${ref.uid}/${specDigest}/${fetched.inputs}/${digestOf([marks, kinds])}`
    const before = anew ? undefined : known.get(name)
    if (before !== undefined && (await clients.artifacts.get(before.digest)) !== undefined) {
      return { ...before, ...revisionsOf(fetched) }
    }
    const rendered = await render(clients, current, destinationOf(clients, current), fetched)
    known.set(name, rendered)
    return rendered
  }
}

async function render(
  clients: RenderClients,
  current: StoredApplication,
  cluster: Cluster,
  fetched: Fetched,
): Promise<RenderedManifests> {
  const { artifacts, applications } = clients
  const { application, ref, label } = current
  const commits = fetched.revisions ?? [fetched.revision]
  const sources = await sourcesAt(clients, current, commits)
  const parsed: ParsedManifest[] = []
  // one after the other: each may take as much memory as a renderer is given
  for (const source of sources)
    parsed.push(...(await renderSource(clients, current, cluster, source)))
  // the scopes of kinds are needed below; asking once is enough
  if (parsed.length > 0) await cluster.discovery.resource('v1', 'Namespace')
  const { manifests, warnings } = targetManifests(parsed, {
    namespace: application.spec.destination.namespace ?? '',
    scopeOf: cluster.discovery.scopeOf,
    leavesAlone: leavesAloneFor(clients, application),
    ...namespaceMetadataOf(application),
    tracking: {
      ...{ label, marks: clients.customizations().marks },
      instance: instanceName(ref, applications.namespace),
    },
  })
  const digest = await writeRendered(artifacts, manifests)
  return {
    ...revisionsOf(fetched),
    ...{ inputs: fetched.inputs, digest, count: manifests.length, warnings },
    ...toolsOf(sources, fetched),
  }
}

/** Only where the namespace is ours to create. */
function namespaceMetadataOf(application: Application): Pick<TargetOptions, 'namespaceMetadata'> {
  const { managedNamespaceMetadata } = application.spec.syncPolicy ?? {}
  if (managedNamespaceMetadata === undefined) return {}
  if (syncOption(application, 'CreateNamespace') !== 'true') return {}
  const { labels = {}, annotations = {} } = managedNamespaceMetadata
  return { namespaceMetadata: { labels, annotations } }
}

function revisionsOf({ revision, revisions }: Fetched) {
  return { revision, ...(revisions !== undefined && { revisions }) }
}

function toolsOf(sources: readonly SourceAt[], { revisions }: Fetched) {
  const sourceTypes = sources.map(({ reads }) => reads?.tool ?? '')
  const sourceType = sourceTypes.find((tool) => tool !== '') ?? 'Directory'
  return { sourceType, ...(revisions !== undefined && { sourceTypes }) }
}

/** The objects of one source as they are declared, before namespace and tracking are added. */
export async function renderSource(
  clients: Pick<RenderClients, 'tools' | 'remoteFiles'>,
  current: StoredApplication,
  cluster: Pick<Cluster, 'capabilities'>,
  { source, checkout, reads, environment: known }: SourceAt,
): Promise<readonly ParsedManifest[]> {
  if (reads === undefined) return []
  const isPlain = reads.tool === 'Directory' && reads.jsonnet === undefined
  const environment = isPlain ? known : { ...known, capabilities: await cluster.capabilities() }
  if (reads.plugin !== undefined) {
    const { plugin, paths, leftOut } = reads
    const given = { plugin, paths, leftOut, source, checkout, environment }
    return await renderWithPlugin(clients.tools, given)
  }
  if (reads.tool !== 'Directory') {
    const release = current.ref.name
    return await renderWithTool(clients, { source, checkout, release, reads, environment })
  }
  const { reader, url, commit } = checkout
  const { path = '.', directory: filter = {} } = source
  const recurse = filter.recurse === true
  const entries = await reader.readTree(url, commit, path, { recurse })
  const directory = { folder: clean(path), entries, filter, maxBytes: reads.maxBytes }
  const plain = await readDirectory(directory, (ids) => reader.readBlobs(url, ids))
  if (reads.jsonnet === undefined) return plain
  const programs = { source, checkout, reads: reads.jsonnet, environment }
  return [...plain, ...(await renderJsonnet(clients.tools, programs))]
}
