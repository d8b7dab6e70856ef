import { createRoute, z } from '@hono/zod-openapi'
import { answer, refusals } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { createRoutes } from './routes.ts'

const Settings = z
  .object({
    controllerNamespace: z.string(),
    appLabelKey: z.string(),
    trackingMethod: z.literal('annotation'),
    userLoginsDisabled: z.boolean(),
    execEnabled: z.boolean(),
    appsInAnyNamespaceEnabled: z.boolean(),
    notificationsEnabled: z.boolean(),
  })
  .meta({ id: 'Settings' })

const settingsRoute = createRoute({
  method: 'get',
  path: '/api/v1/settings',
  tags: ['settings'],
  summary: 'What clients have to know of this installation',
  responses: { 200: answer(Settings, 'No secrets.'), ...refusals },
})
const versionRoute = createRoute({
  method: 'get',
  path: '/api/version',
  tags: ['settings'],
  summary: 'The version of the API',
  security: [],
  responses: { 200: answer(z.object({ Version: z.string() }), 'The version.') },
})

/** `/api/v1/settings` (API-24) and `/api/version`. */
export function settings({ applications, notify, version }: ApiClients) {
  return createRoutes()
    .openapi(settingsRoute, (c) =>
      c.json(
        {
          controllerNamespace: applications.namespace,
          appLabelKey: 'driftless.dev/application',
          trackingMethod: 'annotation' as const,
          userLoginsDisabled: false,
          execEnabled: false,
          appsInAnyNamespaceEnabled: applications.isWide,
          notificationsEnabled: notify !== undefined,
        },
        200,
      ),
    )
    .openapi(versionRoute, (c) => c.json({ Version: `v${version}` }, 200))
}
