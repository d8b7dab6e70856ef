import { createRoute, z } from '@hono/zod-openapi'
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { StoredApplication } from '../clients/applications.ts'
import { isAutomated, projectOf, sourceOf } from '../core/application.ts'
import { withoutCredentials } from '../core/git-url.ts'
import { type OperationState, statusOf } from '../core/status/status.ts'
import { refusals } from './answers.ts'
import type { ApiClients } from './clients.ts'
import type { Feed } from './feed.ts'
import { runningOperation } from './operation.ts'
import { createRoutes } from './routes.ts'

const route = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['metrics'],
  summary: 'Metrics for Prometheus, named as those of Argo CD',
  responses: {
    200: { description: 'Text format.', content: { 'text/plain': { schema: z.string() } } },
    ...refusals,
  },
})

const failed = new Set(['Failed', 'Error'])

/** `/metrics`: gauges are computed when somebody asks; operations are counted as they end. */
export function metrics({ applications }: ApiClients, feed: Feed) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  registerGauges(registry, () => applications.all())
  countOperations(registry, feed, applications.all())
  return createRoutes().openapi(route, async (c) => {
    const text = await registry.metrics()
    return c.text(text, 200, { 'content-type': registry.contentType })
  })
}

function registerGauges(registry: Registry, all: () => readonly StoredApplication[]): void {
  registry.registerMetric(
    new Gauge({
      name: 'argocd_app_info',
      help: 'Information about application.',
      labelNames: [
        ...['name', 'namespace', 'project', 'repo', 'dest_server', 'dest_namespace'],
        ...['sync_status', 'health_status', 'operation', 'autosync_enabled'],
      ],
      registers: [],
      collect() {
        this.reset()
        for (const application of all()) this.set(labelsOf(application), 1)
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'driftless_failed_operations',
      help: 'Applications whose last operation failed, by cause.',
      labelNames: ['cause'],
      registers: [],
      collect() {
        this.reset()
        for (const { object } of all()) {
          const { operationState, driftless } = statusOf(object)
          if (!failed.has(operationState?.phase ?? '')) continue
          const cause = driftless?.failure?.cause ?? 'unknown'
          this.inc({ cause })
        }
      },
    }),
  )
}

function labelsOf(stored: StoredApplication): Record<string, string> {
  const { application, object, ref } = stored
  const { sync, health } = statusOf(object)
  const { destination } = application.spec
  return {
    ...{ name: ref.name, namespace: ref.namespace, project: projectOf(application) },
    repo: withoutCredentials(sourceOf(application)?.repoURL ?? ''),
    dest_server: destination.server ?? destination.name ?? '',
    dest_namespace: destination.namespace ?? '',
    sync_status: sync?.status ?? 'Unknown',
    health_status: health?.status ?? 'Unknown',
    operation: object.metadata.deletionTimestamp
      ? 'delete'
      : runningOperation(stored) === undefined
        ? ''
        : 'sync',
    autosync_enabled: String(isAutomated(application)),
  }
}

/** An operation that ended is counted once, however often its status is written. */
function countOperations(
  registry: Registry,
  feed: Feed,
  present: readonly StoredApplication[],
): void {
  const counter = new Counter({
    name: 'argocd_app_sync_total',
    help: 'Number of application syncs.',
    labelNames: ['name', 'namespace', 'project', 'dest_server', 'phase'],
    registers: [registry],
  })
  const ended = new Map(present.map(({ ref, object }) => [ref.uid, endOf(object)]))
  feed.listen(({ ref, application }) => {
    if (application === undefined) return void ended.delete(ref.uid)
    const end = endOf(application.object)
    const isKnown = ended.has(ref.uid)
    const before = ended.get(ref.uid)
    ended.set(ref.uid, end)
    // what had ended before we came is not counted
    if (end === undefined || end === before || !isKnown) return
    const { name, namespace, project = '', dest_server = '' } = labelsOf(application)
    const phase = statusOf(application.object).operationState?.phase ?? ''
    counter.inc({ name: name ?? '', namespace: namespace ?? '', project, dest_server, phase })
  })
}

function endOf(object: StoredApplication['object']): string | undefined {
  const state: OperationState | undefined = statusOf(object).operationState
  return state?.finishedAt === undefined ? undefined : `${state.startedAt} ${state.finishedAt}`
}
