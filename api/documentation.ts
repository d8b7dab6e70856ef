import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import type { ApiClients } from './clients.ts'
import type { Caller } from './routes.ts'

const page = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Driftless API</title>
  <link rel="stylesheet" href="/swagger-ui/swagger-ui.css">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="/swagger-ui/swagger-ui-bundle.js"></script>
  <script src="/swagger-ui/start.js"></script>
</body>
</html>
`
const script = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true })\n`
// Swagger UI writes styles into its elements; nothing may come from elsewhere
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

/** `/openapi.json`, made from the schemas of the routes, and `/swagger-ui` with assets of our own. */
export function documentation({ swaggerFiles, version }: ApiClients, routes: OpenAPIHono<Caller>) {
  let document: object | undefined
  return new Hono<Caller>()
    .get('/openapi.json', (c) => {
      document ??= openApiDocument(routes, version)
      return c.json(document)
    })
    .get('/swagger-ui', (c) => c.redirect('/swagger-ui/'))
    .get('/swagger-ui/', (c) => {
      c.header('content-security-policy', policy)
      return c.html(page)
    })
    .get('/swagger-ui/start.js', (c) => {
      c.header('content-type', 'text/javascript; charset=utf-8')
      return c.body(script)
    })
    .get('/swagger-ui/:file', async (c) => {
      const file = await swaggerFiles.read(c.req.param('file'))
      if (file === undefined) return c.notFound()
      c.header('content-type', file.type)
      c.header('cache-control', 'public, max-age=3600')
      return c.body(file.body)
    })
}

function openApiDocument(routes: OpenAPIHono<Caller>, version: string): object {
  routes.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    ...{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  })
  return routes.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      ...{ title: 'Driftless', version },
      description: 'The paths and shapes of Argo CD, where Driftless has them.',
    },
    security: [{ token: [] }],
  })
}
