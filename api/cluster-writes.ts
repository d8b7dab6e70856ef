import { createRoute, z } from '@hono/zod-openapi'
import { readAccess } from '../core/cluster/access.ts'
import { plainAddress } from '../core/cluster/address.ts'
import type { DeclaredCluster } from '../core/cluster/declared.ts'
import { clusterSecretOf, type WantedCluster } from '../core/cluster/secret.ts'
import { ConflictError, InvalidSpecError, NotFoundError } from '../core/errors.ts'
import { answer, body, refusals } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { createRoutes } from './routes.ts'

const Config = z.strictObject({
  bearerToken: z.string().optional(),
  tlsClientConfig: z
    .strictObject({
      insecure: z.boolean().optional(),
      serverName: z.string().optional(),
      caData: z.string().optional(),
      certData: z.string().optional(),
      keyData: z.string().optional(),
    })
    .optional(),
})
const NewCluster = z
  .object({
    ...{ name: z.string().default(''), server: z.url({ protocol: /^https?$/ }) },
    ...{ namespaces: z.array(z.string()).default([]), clusterResources: z.boolean().optional() },
    ...{ project: z.string().optional(), config: Config },
  })
  .meta({ id: 'NewCluster' })
const Written = z.object({ name: z.string(), server: z.string() })

const createCluster = createRoute({
  method: 'post',
  path: '/api/v1/clusters',
  tags: ['clusters'],
  summary: 'Declares a cluster in a Secret; a command to sign in can only be written by hand',
  request: {
    query: z.object({ upsert: z.enum(['true', 'false']).optional() }),
    body: body(NewCluster),
  },
  responses: { 200: answer(Written, 'Without what it takes to sign in.'), ...refusals },
})
const removeCluster = createRoute({
  method: 'delete',
  path: '/api/v1/clusters/{id}',
  tags: ['clusters'],
  summary: 'Declares a cluster no more; what is deployed there stays',
  request: {
    params: z.object({ id: z.string() }),
    query: z.object({ 'id.type': z.enum(['url', 'name']).optional() }),
  },
  responses: { 200: answer(z.object({}), 'It is declared no more.'), ...refusals },
})

/** Clusters by command (CLUS-04). */
export function clusterWrites(clients: ApiClients) {
  return createRoutes()
    .openapi(createCluster, async (c) => {
      const wanted = wantedOf(c.req.valid('json'))
      await declare(clients, wanted, c.req.valid('query').upsert === 'true')
      return c.json({ name: wanted.name, server: wanted.server }, 200)
    })
    .openapi(removeCluster, async (c) => {
      const { id } = c.req.valid('param')
      const byName = c.req.valid('query')['id.type'] === 'name'
      const found = clients.clusters
        .known()
        .declared.find((one) => (byName ? one.name === id : isAt(one, id)))
      if (found === undefined) throw new NotFoundError(`no Secret declares the cluster ${id}`)
      await clients.clusterSecrets.remove(found.secret)
      return c.json({}, 200)
    })
}

function wantedOf(asked: z.infer<typeof NewCluster>): WantedCluster {
  const { server, namespaces, clusterResources = false, project, config } = asked
  const { access, problems } = readAccess(JSON.stringify(config))
  if (problems.length > 0) throw new InvalidSpecError(problems.join('; '))
  return {
    ...{ name: asked.name || server, server: server.replace(/\/+$/, ''), access },
    ...(namespaces.length > 0 && { scope: { namespaces, clusterResources } }),
    ...(project && { project }),
  }
}

/** The name is what Applications say, the address what is meant: neither may stand for two clusters. */
async function declare(
  { clusters, clusterSecrets }: ApiClients,
  wanted: WantedCluster,
  upsert: boolean,
): Promise<void> {
  const { declared } = clusters.known()
  const there = declared.find((one) => isAt(one, wanted.server))
  const namesake = declared.find((one) => one.name === wanted.name && one !== there)
  if (namesake !== undefined) {
    throw new ConflictError(
      `the name ${wanted.name} is that of the cluster ${namesake.server}; choose another with --name`,
    )
  }
  const secret = clusterSecretOf(wanted)
  if (there === undefined) return await clusterSecrets.create(secret)
  if (upsert) return await clusterSecrets.replace(there.secret, secret)
  throw new ConflictError(
    `the Secret ${there.secret} declares ${wanted.server} already; --upsert changes it`,
  )
}

function isAt({ server }: DeclaredCluster, address: string): boolean {
  return plainAddress(server) === plainAddress(address)
}
