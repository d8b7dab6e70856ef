import { createRoute, z } from '@hono/zod-openapi'
import type { StoredApplication } from '../clients/applications.ts'
import { ConflictError, InvalidSpecError } from '../core/errors.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import {
  ApplicationAnswer,
  ApplicationName,
  answer,
  body,
  Narrowing,
  ObjectName,
  refusals,
} from './answers.ts'
import type { ApiClients } from './clients.ts'
import { checkDeclared, type Declared, declare, declaredOf, isSame } from './declare.ts'
import { findApplication, shown } from './find-application.ts'
import { createRoutes } from './routes.ts'

const choice = z.enum(['true', 'false'])
const Spec = z.looseObject({}).meta({ id: 'ApplicationSpec' })
const Wanted = z
  .looseObject({
    metadata: z.looseObject({ name: ObjectName, namespace: ObjectName.optional() }),
    spec: Spec,
  })
  .meta({ id: 'ApplicationWanted' })
const Patch = z.object({ patch: z.string(), patchType: z.enum(['json', 'merge']) })
const validated = Narrowing.extend({ validate: choice.optional() })
const tags = ['applications']
const stored = answer(ApplicationAnswer, 'The Application as it is stored.')

const createRouteOf = createRoute({
  method: 'post',
  path: '/api/v1/applications',
  ...{ tags, summary: 'Create an application; with upsert also change one' },
  request: { query: validated.extend({ upsert: choice.optional() }), body: body(Wanted) },
  responses: { 200: stored, ...refusals },
})
const updateRoute = createRoute({
  method: 'put',
  path: '/api/v1/applications/{name}',
  ...{ tags, summary: 'Replace spec, labels, annotations and finalizers' },
  request: { params: ApplicationName, query: validated, body: body(Wanted) },
  responses: { 200: stored, ...refusals },
})
const specRoute = createRoute({
  method: 'put',
  path: '/api/v1/applications/{name}/spec',
  ...{ tags, summary: 'Replace the spec' },
  request: { params: ApplicationName, query: validated, body: body(Spec) },
  responses: {
    200: answer(Spec as z.ZodType<unknown>, 'The spec as it is stored.'),
    ...refusals,
  },
})
const patchRoute = createRoute({
  method: 'patch',
  path: '/api/v1/applications/{name}',
  ...{ tags, summary: 'Change some fields, by JSON patch or merge patch' },
  request: { params: ApplicationName, query: validated, body: body(Patch) },
  responses: { 200: stored, ...refusals },
})

/** Creating and changing applications (API-02, API-03). */
export function applicationWrites(clients: ApiClients) {
  return createRoutes()
    .openapi(createRouteOf, async (c) => {
      const { upsert, validate } = c.req.valid('query')
      const { applications } = clients
      const { namespace = '' } = c.req.valid('json').metadata
      const place = applications.includes(namespace) ? namespace : applications.namespace
      const wanted = manifestOf(c.req.valid('json'), place)
      checkDeclared(clients, wanted, validate !== 'false')
      return c.json(shown((await create(clients, wanted, upsert === 'true')).object), 200)
    })
    .openapi(updateRoute, async (c) => {
      const { validate, ...narrowing } = c.req.valid('query')
      const found = await findApplication(clients, c.req.valid('param').name, narrowing)
      const wanted = declaredOf(manifestOf(c.req.valid('json'), found.ref.namespace))
      return c.json(shown(await change(clients, found, validate, () => wanted)), 200)
    })
    .openapi(specRoute, async (c) => {
      const { validate, ...narrowing } = c.req.valid('query')
      const found = await findApplication(clients, c.req.valid('param').name, narrowing)
      const spec = c.req.valid('json')
      const wanted = (current: Manifest) => ({ ...declaredOf(current), spec })
      return c.json((await change(clients, found, validate, wanted)).spec, 200)
    })
    .openapi(patchRoute, async (c) => {
      const { validate, ...narrowing } = c.req.valid('query')
      const found = await findApplication(clients, c.req.valid('param').name, narrowing)
      const { patch, patchType } = c.req.valid('json')
      const body = parsed(patch)
      const wanted = async () =>
        declaredOf(await clients.objects.tryPatch(found.ref, body, patchType))
      return c.json(shown(await change(clients, found, validate, wanted)), 200)
    })
}

async function change(
  clients: ApiClients,
  found: StoredApplication,
  validate: 'true' | 'false' | undefined,
  wantedOf: (current: Manifest) => Declared | Promise<Declared>,
): Promise<Manifest> {
  const changed = await declare(clients, found, async (current) => {
    const wanted = await wantedOf(current)
    const { labels: _, annotations: __, finalizers: ___, ...metadata } = current.metadata
    const object = { ...current, spec: wanted.spec, metadata: { ...metadata, ...wanted.metadata } }
    checkDeclared(clients, object, validate !== 'false')
    return wanted
  })
  return changed.object
}

async function create(
  clients: ApiClients,
  wanted: Manifest,
  upsert: boolean,
): Promise<StoredApplication> {
  const { name = '', namespace = '' } = wanted.metadata
  const existing = await clients.applications.read(namespace, name)
  if (existing === undefined) {
    try {
      await clients.objects.create(wanted)
      return await findApplication(clients, name, { appNamespace: namespace })
    } catch (error) {
      // somebody was faster with the same name
      if (!(error instanceof ConflictError)) throw error
      return await create(clients, wanted, upsert)
    }
  }
  if (isSame(declaredOf(existing.object), declaredOf(wanted))) return existing
  if (upsert) return await declare(clients, existing, () => declaredOf(wanted))
  throw new InvalidSpecError(
    'existing application spec is different, use upsert flag to force update',
  )
}

/** What is asked for as an object of the control namespace, without status and operation. */
function manifestOf({ metadata, spec }: z.infer<typeof Wanted>, namespace: string): Manifest {
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw new InvalidSpecError(
      `metadata.namespace: the application lives in ${namespace}; leave the field out`,
    )
  }
  const { metadata: declared } = declaredOf({
    ...head,
    metadata: metadata as Manifest['metadata'],
    spec,
  })
  return { ...head, metadata: { ...declared, name: metadata.name, namespace }, spec }
}

const head = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }

function parsed(patch: string): unknown {
  try {
    return JSON.parse(patch)
  } catch (cause) {
    throw new InvalidSpecError('patch: not JSON; send the patch as a JSON text', { cause })
  }
}
