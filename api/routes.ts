import { OpenAPIHono } from '@hono/zod-openapi'
import { InvalidSpecError } from '../core/errors.ts'
import type { User } from './sessions.ts'

/** What the guard leaves for the handlers. */
export type Caller = { Variables: { user: User } }

/** An empty set of routes; input that does not fit a schema is refused with the field and the reason. */
export function createRoutes() {
  return new OpenAPIHono<Caller>({
    defaultHook: (result) => {
      if (result.success) return
      const problems = result.error.issues.map(({ path, message }) =>
        path.length === 0 ? message : `${path.join('.')}: ${message}`,
      )
      throw new InvalidSpecError(`${result.target}: ${problems.slice(0, 5).join('; ')}`)
    },
  })
}
