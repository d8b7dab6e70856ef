import { LRUCache } from 'lru-cache'
import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { gitSourceOf } from '../core/application.ts'
import type { ApplicationRef, Fetched, OperationRequest, RenderedManifests } from '../core/flow.ts'
import { targetManifests } from '../core/manifest/target.ts'
import { instanceName } from '../core/manifest/tracking.ts'
import type { ParsedManifest } from '../core/manifest/yaml.ts'
import { readDirectory } from '../core/render/directory.ts'
import type { Tool } from '../core/render/tool.ts'
import type { ActivityClients } from './clients.ts'
import { destinationOf, requestedApplication } from './current.ts'
import { renderWithTool } from './render-tools.ts'
import { writeRendered } from './rendered.ts'
import { readsOf } from './source-reads.ts'

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
  'applications' | 'artifacts' | 'clusterOf' | 'git' | 'tools'
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
    const name = `${ref.uid}/${specDigest}/${fetched.inputs}`
    const before = anew ? undefined : known.get(name)
    if (before !== undefined && (await clients.artifacts.get(before.digest)) !== undefined) {
      return { ...before, revision: fetched.revision }
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
  { revision, inputs }: Fetched,
): Promise<RenderedManifests> {
  const { artifacts, applications } = clients
  const { application, ref, label } = current
  const { tool, manifests: parsed } = await parse(clients, current, cluster, revision)
  // the scopes of kinds are needed below; asking once is enough
  if (parsed.length > 0) await cluster.discovery.resource('v1', 'Namespace')
  const { manifests, warnings } = targetManifests(parsed, {
    namespace: application.spec.destination.namespace ?? '',
    scopeOf: cluster.discovery.scopeOf,
    tracking: { instance: instanceName(ref.namespace, ref.name, applications.namespace), label },
  })
  const digest = await writeRendered(artifacts, manifests)
  return { revision, inputs, digest, count: manifests.length, warnings, sourceType: tool }
}

async function parse(
  { git, tools }: RenderClients,
  current: StoredApplication,
  cluster: Cluster,
  commit: string,
): Promise<{ readonly tool: Tool; readonly manifests: readonly ParsedManifest[] }> {
  const source = gitSourceOf(current.application)
  const { repoURL: url } = source
  const reads = await readsOf({ git, url, commit }, source)
  const { tool } = reads
  if (tool !== 'Directory') {
    const checkout = { git, url, commit }
    return { tool, manifests: await renderWithTool(tools, { checkout, current, reads, cluster }) }
  }
  const entries = await git.readTree(url, commit, source.path ?? '.', {
    recurse: source.directory?.recurse === true,
  })
  const readBlobs = (ids: readonly string[]) => git.readBlobs(url, ids)
  return { tool, manifests: await readDirectory(entries, source.directory ?? {}, readBlobs) }
}
