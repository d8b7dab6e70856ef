import { LRUCache } from 'lru-cache'
import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { gitSourceOf } from '../core/application.ts'
import type { ApplicationRef, Fetched, OperationRequest, RenderedManifests } from '../core/flow.ts'
import { targetManifests } from '../core/manifest/target.ts'
import { instanceName } from '../core/manifest/tracking.ts'
import { readDirectory } from '../core/render/directory.ts'
import type { ActivityClients } from './clients.ts'
import { destinationOf, requestedApplication } from './current.ts'
import { writeRendered } from './rendered.ts'

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
  'applications' | 'artifacts' | 'clusterOf' | 'git'
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
  { git, artifacts, applications }: RenderClients,
  { application, ref, label }: StoredApplication,
  cluster: Cluster,
  { revision, inputs }: Fetched,
): Promise<RenderedManifests> {
  const source = gitSourceOf(application)
  const entries = await git.readTree(source.repoURL, revision, source.path ?? '.', {
    recurse: source.directory?.recurse === true,
  })
  const parsed = await readDirectory(entries, source.directory ?? {}, (ids) =>
    git.readBlobs(source.repoURL, ids),
  )
  // the scopes of kinds are needed below; asking once is enough
  if (parsed.length > 0) await cluster.discovery.resource('v1', 'Namespace')
  const { manifests, warnings } = targetManifests(parsed, {
    namespace: application.spec.destination.namespace ?? '',
    scopeOf: cluster.discovery.scopeOf,
    tracking: { instance: instanceName(ref.namespace, ref.name, applications.namespace), label },
  })
  const digest = await writeRendered(artifacts, manifests)
  return { revision, inputs, digest, count: manifests.length, warnings }
}
