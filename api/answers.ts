import { z } from '@hono/zod-openapi'
import { ApplicationObject } from '../core/application/schema.ts'
import type { Manifest } from '../core/manifest/manifest.ts'

const Problem = z
  .object({
    error: z.string().meta({ description: 'Name of the cause, see the concepts page.' }),
    code: z.int().meta({ description: 'The code of gRPC, as Argo CD gives it.' }),
    message: z.string().meta({ description: 'What is wrong and what to do.' }),
  })
  .meta({ id: 'Problem' })

const problem = (description: string) => ({
  description,
  content: { 'application/json': { schema: Problem } },
})

/** The refusals that every route with a token has. */
export const refusals = {
  400: problem('The request does not fit.'),
  401: problem('No token, or one that is not believed.'),
  403: problem('Not permitted.'),
  404: problem('There is no such thing.'),
}

/** A JSON answer of this shape; the schema documents, it does not check what we made ourselves. */
export function answer<T>(schema: z.ZodType<T>, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A body of this shape, which is checked. */
export function body<T extends z.ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } } as const
}

/** Documents a schema for data that another type already describes. */
export function documented<T>(schema: z.ZodType): z.ZodType<T> {
  return schema as unknown as z.ZodType<T>
}

export const ApplicationAnswer = documented<Manifest>(ApplicationObject.meta({ id: 'Application' }))

export const ApplicationList = documented<{
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly resourceVersion: string }
  readonly items: readonly Manifest[]
}>(
  z
    .object({
      apiVersion: z.string(),
      kind: z.literal('ApplicationList'),
      metadata: z.object({ resourceVersion: z.string() }),
      items: z.array(ApplicationAnswer),
    })
    .meta({ id: 'ApplicationList' }),
)

// a name that is no DNS label could lead out of its collection
export const ObjectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'not a name of a Kubernetes object')

export const ApplicationName = z.object({ name: ObjectName })

/** The query by which Argo CD's clients narrow an application down. */
export const Narrowing = z.object({
  appNamespace: ObjectName.optional(),
  project: z.union([z.string(), z.array(z.string())]).optional(),
})
