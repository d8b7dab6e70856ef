import { createRoute, z } from '@hono/zod-openapi'
import type { StoredApplication } from '../clients/applications.ts'
import { projectOf } from '../core/application.ts'
import { ConflictError, NotFoundError, PermissionError } from '../core/errors.ts'
import { statusOf } from '../core/status/status.ts'
import { permitSync } from '../core/window/permit.ts'
import { projectWindows } from '../core/window/project-windows.ts'
import { ApplicationAnswer, ApplicationName, answer, body, Narrowing, refusals } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { findApplication, shown } from './find-application.ts'
import { type Operation, rollbackOperation, syncOperation } from './operation.ts'
import { NotConfiguredError } from './refusal.ts'
import { createRoutes } from './routes.ts'

const Common = { dryRun: z.boolean().optional(), prune: z.boolean().optional() }
const Resource = z.looseObject({
  group: z.string().optional(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
})
const Sync = z
  .looseObject({
    ...Common,
    revision: z.string().optional(),
    strategy: z.looseObject({}).optional(),
    resources: z.array(Resource).nullish(),
    infos: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
    retryStrategy: z.looseObject({}).optional(),
    syncOptions: z.object({ items: z.array(z.string()).optional() }).optional(),
    manifests: z.array(z.string()).nullish(),
  })
  .meta({ id: 'SyncRequest' })
const Rollback = z.looseObject({ ...Common, id: z.int() }).meta({ id: 'RollbackRequest' })
const tags = ['applications']
const asked = answer(ApplicationAnswer, 'The Application with what was asked for in `operation`.')

const syncRoute = createRoute({
  method: 'post',
  path: '/api/v1/applications/{name}/sync',
  ...{ tags, summary: 'Ask for a sync' },
  request: { params: ApplicationName, query: Narrowing, body: body(Sync) },
  responses: { 200: asked, ...refusals },
})
const rollbackRoute = createRoute({
  method: 'post',
  path: '/api/v1/applications/{name}/rollback',
  ...{ tags, summary: 'Go back to a deployment of the history' },
  request: { params: ApplicationName, query: Narrowing, body: body(Rollback) },
  responses: { 200: asked, ...refusals },
})
const terminateRoute = createRoute({
  method: 'delete',
  path: '/api/v1/applications/{name}/operation',
  ...{ tags, summary: 'Terminate the running operation' },
  request: { params: ApplicationName, query: Narrowing },
  responses: { 200: answer(z.object({}), 'It ends at its next safe point.'), ...refusals },
})

/** Sync, rollback and terminate (API-06 to API-08): requests that are written into the Application. */
export function applicationOperations(clients: ApiClients) {
  return createRoutes()
    .openapi(syncRoute, async (c) => {
      const request = c.req.valid('json')
      if (request.manifests?.length) {
        throw new NotConfiguredError(
          'syncing manifests of the sender is not supported; push them to the repository',
        )
      }
      const found = await findApplication(clients, c.req.valid('param').name, c.req.valid('query'))
      const { username } = c.get('user')
      const set = (current: StoredApplication) => {
        if (request.dryRun !== true) refuseOutsideWindows(clients, current)
        return syncOperation(current, request, username)
      }
      return c.json(shown((await writeRequest(clients, found, set)).object), 200)
    })
    .openapi(rollbackRoute, async (c) => {
      const request = c.req.valid('json')
      const found = await findApplication(clients, c.req.valid('param').name, c.req.valid('query'))
      const { username } = c.get('user')
      const set = (current: StoredApplication) => rollbackOperation(current, request, username)
      return c.json(shown((await writeRequest(clients, found, set)).object), 200)
    })
    .openapi(terminateRoute, async (c) => {
      const found = await findApplication(clients, c.req.valid('param').name, c.req.valid('query'))
      await terminate(clients, found)
      return c.json({}, 200)
    })
}

/** WIN-08: who asks is told at once; what is written into the Application itself waits (WIN-07). */
function refuseOutsideWindows(
  { applications, now }: ApiClients,
  { application }: StoredApplication,
): void {
  const project = applications.project(projectOf(application))
  if (project === undefined) return
  const { windows } = projectWindows(project, application)
  const permit = permitSync(windows, { at: now(), manual: true })
  if (!permit.permitted) throw new PermissionError(`cannot sync: ${permit.reason}`)
}

const maxConflicts = 8

/** Writes what `make` asks for, given the newest state; whoever sees the resourceVersion first wins. */
async function writeRequest(
  { applications }: ApiClients,
  { ref }: StoredApplication,
  make: (current: StoredApplication) => Operation,
): Promise<StoredApplication> {
  for (let attempt = 0; ; attempt++) {
    const current = await newest(applications, ref)
    const { resourceVersion, uid } = current.object.metadata
    const operation = make(current)
    try {
      return await applications.patch(ref, { metadata: { resourceVersion, uid }, operation })
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === maxConflicts) throw error
    }
  }
}

async function terminate({ applications }: ApiClients, { ref }: StoredApplication): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { object } = await newest(applications, ref)
    const { resourceVersion, uid } = object.metadata
    const { phase } = statusOf(object).operationState ?? {}
    if (phase === 'Terminating') return
    if (phase !== 'Running' && !object.operation) {
      throw new NotFoundError('Unable to terminate operation. No operation is in progress')
    }
    const patch =
      phase === 'Running'
        ? { status: { operationState: { phase: 'Terminating' } } }
        : // asked for and not begun: the request is taken back
          { operation: null }
    try {
      await applications.patch(ref, { metadata: { resourceVersion, uid }, ...patch })
      return
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === maxConflicts) throw error
    }
  }
}

async function newest(
  applications: ApiClients['applications'],
  { namespace, name, uid }: StoredApplication['ref'],
): Promise<StoredApplication> {
  const read = await applications.read(namespace, name)
  if (read?.ref.uid === uid) return read
  throw new NotFoundError(`the Application ${name} was deleted meanwhile`)
}
