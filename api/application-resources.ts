import { createRoute, z } from '@hono/zod-openapi'
import type { StoredApplication } from '../clients/applications.ts'
import { projectOf } from '../core/application.ts'
import { InvalidSpecError } from '../core/errors.ts'
import { maskSecrets } from '../core/manifest/mask.ts'
import { placeProblems } from '../core/placement.ts'
import { statusOf } from '../core/status/status.ts'
import { type ResourceTree, resourceTree } from '../core/tree/resource-tree.ts'
import { ApplicationName, answer, documented, Narrowing, refusals } from './answers.ts'
import type { ApiClients, ReadCluster } from './clients.ts'
import { findApplication } from './find-application.ts'
import { readChildren, readManaged } from './live-objects.ts'
import { type ManagedResource, managedResources } from './managed-resources.ts'
import { createRoutes } from './routes.ts'

const named = z.looseObject({ kind: z.string(), name: z.string() })
const Tree = documented<
  ResourceTree & { readonly orphanedNodes: readonly []; readonly hosts: readonly [] }
>(
  z
    .object({ nodes: z.array(named), orphanedNodes: z.array(named), hosts: z.array(z.object({})) })
    .meta({ id: 'ResourceTree' }),
)
const Managed = documented<{ readonly items: readonly ManagedResource[] }>(
  z.object({ items: z.array(named) }).meta({ id: 'ManagedResources' }),
)
const Manifests = z
  .object({
    manifests: z
      .array(z.string())
      .meta({ description: 'JSON texts; values of Secrets are masked.' }),
    revision: z.string(),
    namespace: z.string(),
    server: z.string(),
  })
  .meta({ id: 'Manifests' })

const tags = ['applications']
const atRevision = Narrowing.extend({ revision: z.string().max(200).optional() })

const treeRoute = createRoute({
  method: 'get',
  path: '/api/v1/applications/{name}/resource-tree',
  ...{ tags, summary: 'The objects of the application and what comes of them' },
  request: { params: ApplicationName, query: Narrowing },
  responses: { 200: answer(Tree, 'The tree, parents by reference.'), ...refusals },
})
const managedRoute = createRoute({
  method: 'get',
  path: '/api/v1/applications/{name}/managed-resources',
  ...{ tags, summary: 'Declared beside live state, and what a sync would change' },
  request: {
    params: ApplicationName,
    query: atRevision.extend({
      group: z.string().optional(),
      kind: z.string().optional(),
      namespace: z.string().optional(),
      name: z.string().optional(),
    }),
  },
  responses: { 200: answer(Managed, 'One item per object.'), ...refusals },
})
const manifestsRoute = createRoute({
  method: 'get',
  path: '/api/v1/applications/{name}/manifests',
  ...{ tags, summary: 'What a revision renders to' },
  request: { params: ApplicationName, query: atRevision },
  responses: { 200: answer(Manifests, 'The declared objects.'), ...refusals },
})

/** Resource tree, diffs and manifests (API-09 to API-11), read when somebody asks. */
export function applicationResources(clients: ApiClients) {
  return createRoutes()
    .openapi(treeRoute, async (c) => {
      const found = await findApplication(clients, c.req.valid('param').name, c.req.valid('query'))
      const cluster = clusterOf(clients, found)
      const { resources = [] } = statusOf(found.object)
      const [managed, children] = await Promise.all([
        readManaged(cluster, resources),
        readChildren(cluster, resources),
      ])
      const live = [...managed, ...children]
      const { health } = clients.rules
      await health.ready(live)
      const tree = resourceTree(resources, live, health.assess)
      return c.json({ ...tree, orphanedNodes: [] as const, hosts: [] as const }, 200)
    })
    .openapi(managedRoute, async (c) => {
      const { appNamespace, project, revision, ...filter } = c.req.valid('query')
      const found = await findApplication(clients, c.req.valid('param').name, {
        appNamespace,
        project,
      })
      const items = await managedResources(clients, clusterOf(clients, found), found, revision)
      const wanted = Object.entries(filter).filter(([, value]) => value)
      const matches = (item: ManagedResource) =>
        wanted.every(([field, value]) => item[field as 'name'] === value)
      return c.json({ items: items.filter(matches) }, 200)
    })
    .openapi(manifestsRoute, async (c) => {
      const { revision: wanted, ...narrowing } = c.req.valid('query')
      const found = await findApplication(clients, c.req.valid('param').name, narrowing)
      const { revision, manifests } = await clients.rendered(found, wanted)
      const { namespace = '', server = '' } = found.application.spec.destination
      const { hiddenAnnotations } = clients.rules.customizations()
      return c.json(
        {
          manifests: maskSecrets(manifests, hiddenAnnotations).map((manifest) =>
            JSON.stringify(manifest),
          ),
          ...{ revision, namespace, server },
        },
        200,
      )
    })
}

function clusterOf(clients: ApiClients, { application }: StoredApplication): ReadCluster {
  const { destination } = application.spec
  const cluster = clients.clusterAt(destination)
  if (cluster !== undefined) return cluster
  const place = clients.clusters.placeOf(destination)
  throw new InvalidSpecError(placeProblems(destination, place, projectOf(application)).join('; '))
}
