import { createRoute, z } from '@hono/zod-openapi'
import type { DeclaredCluster } from '../core/cluster/declared.ts'
import { NotFoundError } from '../core/errors.ts'
import { rfc3339 } from '../core/time.ts'
import { answer, refusals } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { createRoutes } from './routes.ts'

const ConnectionState = z.object({
  status: z.enum(['Successful', 'Failed', 'Unknown']),
  message: z.string(),
  attemptedAt: z.string(),
})
const Cluster = z
  .object({
    ...{ name: z.string(), server: z.string(), project: z.string().optional() },
    ...{ namespaces: z.array(z.string()).optional(), clusterResources: z.boolean().optional() },
    ...{ connectionState: ConnectionState, serverVersion: z.string() },
    info: z.object({
      connectionState: ConnectionState,
      serverVersion: z.string(),
      applicationsCount: z.int(),
    }),
  })
  .meta({ id: 'Cluster', description: 'Without what it takes to sign in.' })
const Clusters = z
  .object({ metadata: z.object({}), items: z.array(Cluster) })
  .meta({ id: 'ClusterList' })

const route = createRoute({
  method: 'get',
  path: '/api/v1/clusters',
  tags: ['clusters'],
  summary: 'The clusters that Applications can be deployed to, and whether they answer',
  request: { query: z.object({ name: z.string().optional(), server: z.string().optional() }) },
  responses: { 200: answer(Clusters, 'The control cluster first.'), ...refusals },
})

const oneRoute = createRoute({
  method: 'get',
  path: '/api/v1/clusters/{id}',
  tags: ['clusters'],
  summary: 'One of them, by its address or its name',
  request: {
    params: z.object({ id: z.string() }),
    query: z.object({ 'id.type': z.enum(['url', 'name']).optional() }),
  },
  responses: { 200: answer(Cluster, 'The cluster.'), ...refusals },
})

type Listed = Pick<DeclaredCluster, 'name' | 'server' | 'project' | 'scope' | 'problems'>
type State = z.infer<typeof ConnectionState>

const patienceMs = 3_000
const here = { name: 'in-cluster', server: 'https://kubernetes.default.svc', problems: [] }

/** `/api/v1/clusters` (CLUS-08): each is asked when somebody asks; nothing to sign in with is shown. */
export function clusters(clients: ApiClients) {
  return createRoutes()
    .openapi(route, async (c) => {
      const { name, server } = c.req.valid('query')
      const wanted = listed(clients).filter(
        (one) => (!name || one.name === name) && (!server || one.server === server),
      )
      const items = await Promise.all(wanted.map((one) => describe(clients, one)))
      return c.json({ metadata: {}, items }, 200)
    })
    .openapi(oneRoute, async (c) => {
      const { id } = c.req.valid('param')
      const byName = c.req.valid('query')['id.type'] === 'name'
      const found = listed(clients).find(({ name, server }) => (byName ? name : server) === id)
      if (found === undefined) throw new NotFoundError(`there is no cluster ${id}`)
      return c.json(await describe(clients, found), 200)
    })
}

/** A Secret for the control cluster only gives it another name. */
function listed({ clusters: index }: ApiClients): readonly Listed[] {
  const place = index.placeOf({ server: here.server })
  const control = place.kind === 'control' ? place.declared : undefined
  const { declared, isControlDisabled } = index.known()
  const others = declared.filter((one) => one !== control)
  const first = { ...here, ...(control !== undefined && { ...control, server: here.server }) }
  return [
    ...(isControlDisabled === true ? [] : [first]),
    ...others.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  ]
}

async function describe(clients: ApiClients, listed: Listed): Promise<z.infer<typeof Cluster>> {
  const { name, server, project, scope } = listed
  const { applications, clusters: index } = clients
  const id = index.idOf({ server })
  const count = applications.all().filter(({ application: { spec } }) => {
    const { kind } = index.placeOf(spec.destination)
    return (kind === 'control' || kind === 'remote') && index.idOf(spec.destination) === id
  }).length
  const { serverVersion, ...connectionState } = await stateOf(clients, listed, count)
  return {
    ...{ name, server, connectionState, serverVersion },
    ...(project !== undefined && { project }),
    ...(scope !== undefined && {
      ...{ namespaces: [...scope.namespaces], clusterResources: scope.clusterResources },
    }),
    info: { connectionState, serverVersion, applicationsCount: count },
  }
}

async function stateOf(
  { clusters: index, clusterAt, now }: ApiClients,
  { server }: Listed,
  count: number,
): Promise<State & { readonly serverVersion: string }> {
  const attemptedAt = rfc3339(now())
  const failed = (message: string) =>
    ({ status: 'Failed', message, attemptedAt, serverVersion: '' }) as const
  const place = index.placeOf({ server })
  if (place.kind === 'unusable') return failed(place.problems.join('; '))
  const cluster = clusterAt({ server })
  if (count === 0 || cluster === undefined) {
    const message = 'no Application names it, so it is not looked at'
    return { status: 'Unknown', message, attemptedAt, serverVersion: '' }
  }
  try {
    const serverVersion = await cluster.version(patienceMs)
    return { status: 'Successful', message: '', attemptedAt, serverVersion }
  } catch (error) {
    return failed((error as Error).message)
  }
}
