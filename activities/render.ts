import { LRUCache } from 'lru-cache'
import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { gitSourceOf } from '../core/application.ts'
import type { ApplicationRef, Fetched, RenderedManifests } from '../core/flow.ts'
import { targetManifests } from '../core/manifest/target.ts'
import { instanceName } from '../core/manifest/tracking.ts'
import { orderManifests } from '../core/plan/order.ts'
import { readDirectory } from '../core/render/directory.ts'
import type { ActivityClients } from './clients.ts'
import { destinationOf, unchangedApplication } from './current.ts'
import { writeRendered } from './rendered.ts'

export type RenderInput = {
  readonly application: ApplicationRef
  readonly specDigest: string
  readonly fetched: Fetched
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
  }: RenderInput): Promise<RenderedManifests> => {
    const current = await unchangedApplication(clients.applications, ref, specDigest)
    const name = `${ref.uid}/${specDigest}/${fetched.inputs}`
    const before = known.get(name)
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
  const digest = await writeRendered(
    artifacts,
    orderManifests(manifests).map(({ manifest }) => manifest),
  )
  return { revision, inputs, digest, count: manifests.length, warnings }
}
