import type { StoredApplication } from '../clients/applications.ts'
import type { NextState } from '../clients/status-writer.ts'
import { type Application, projectOf } from '../core/application.ts'
import { PlatformError } from '../core/errors.ts'
import { applicationDecisions } from '../core/event/application-decision.ts'
import { deploymentEvents } from '../core/event/deployment.ts'
import { newsOf } from '../core/event/news.ts'
import type { ApplicationRef, Reported, StatusReport } from '../core/flow.ts'
import { isIgnoredAsExtraneous } from '../core/manifest/compare-option.ts'
import { keyOf } from '../core/manifest/key.ts'
import { instanceName } from '../core/manifest/tracking.ts'
import { rollBackBadDeployment } from '../core/policy/automatic-rollback.ts'
import { refreshAnnotations, refreshOf, requestOf } from '../core/policy/request.ts'
import { annotationProblems } from '../core/policy/rollback-policy.ts'
import { unbuiltProjectFields } from '../core/project/unbuilt.ts'
import { applicationHealth, verdicts } from '../core/status/application-health.ts'
import { buildStatus } from '../core/status/build.ts'
import { withGrace } from '../core/status/grace.ts'
import { sharedWarnings } from '../core/status/shared.ts'
import { type ApplicationStatus, statusOf } from '../core/status/status.ts'
import { rfc3339 } from '../core/time.ts'
import type { ActivityClients } from './clients.ts'
import { knowAll } from './compare.ts'
import { currentApplication } from './current.ts'
import { ignoringOf } from './ignore.ts'
import { noticeTo } from './notice-to.ts'
import { orphansOf } from './orphans.ts'
import { isPermitted } from './permitted.ts'
import { type Desired, readDesired } from './rendered.ts'
import { imagesOf, resourceStatuses } from './resource-statuses.ts'
import { tell } from './tell.ts'

export type ReportInput = { readonly application: ApplicationRef; readonly report: StatusReport }

const nothing: Reported = { sync: 'Unknown', health: 'Unknown', unpublished: [] }

/**
 * Writes the Application's status from the report and from what is live, then tells Kafka.
 * The API server has the status before anyone is told of it; events that Kafka does not take
 * come back as `unpublished`.
 */
export function createReport(clients: ActivityClients) {
  return async ({ application: ref, report: given }: ReportInput): Promise<Reported> => {
    const current = await currentApplication(clients.applications, ref)
    if (current === undefined) return nothing
    const report = withGrace(statusOf(current.object), given)
    const picture = await draw(clients, current, report)
    const change = (now: StoredApplication): NextState | undefined => {
      const previous = statusOf(now.object)
      if ((previous.driftless?.sequence ?? 0) > report.sequence) return undefined
      const { application, observed } = now
      const project = clients.applications.project(projectOf(application))
      const unbuilt = [...now.unbuilt, ...unbuiltProjectFields(project)]
      const malformed = annotationProblems(application)
      const built = buildStatus({
        ...{ application, previous, report, observed, unbuilt, malformed, ...picture },
      })
      const { status, ...next } = rollBackBadDeployment({ application, status: built, report })
      return {
        status: withNews(previous, status, report),
        ...answered(application, report),
        ...next,
      }
    }
    // the begin of an operation is told, so it is written at once
    if (!report.final && !begins(current, report)) {
      clients.status.progress(ref, change)
      await noticeTo(clients, current, report)
      return { sync: 'Unknown', health: picture.health.status, unpublished: [] }
    }
    const written = await clients.status.write(ref, change)
    if (written === undefined) return nothing
    clients.healthNews.tell(current.label, picture.verdicts)
    await noticeTo(clients, current, report)
    const status = written.object.status as ApplicationStatus
    const events = [
      ...deploymentEvents({ ref, after: status, report }),
      // why nothing is told yet is still told to whoever asks
      ...applicationDecisions({ ref, after: status, report: given }),
    ]
    return {
      sync: status.sync?.status ?? 'Unknown',
      health: picture.health.status,
      unpublished: await tell(clients, events),
    }
  }
}

function withNews(
  before: ApplicationStatus,
  built: ApplicationStatus,
  report: StatusReport,
): ApplicationStatus {
  const news = newsOf({ before, after: built, report })
  if (news.length === 0 || built.driftless === undefined) return built
  return { ...built, driftless: { ...built.driftless, news } }
}

/** One wave without hooks is soon over: its begin is only written when it has to wait. */
function begins({ object }: StoredApplication, { operation }: StatusReport): boolean {
  if (operation === undefined || operation.results.length > 0) return false
  return statusOf(object).operationState?.startedAt !== rfc3339(operation.startedAt)
}

/** Another request, or a later wish to refresh, is not answered by this report (AUTO-05). */
function answered(
  application: Application,
  { answers, refreshed }: StatusReport,
): Pick<NextState, 'clearOperation' | 'clearAnnotations'> {
  const isAnswered = answers !== undefined && requestOf(application)?.digest === answers.digest
  const isRefreshed = refreshed !== undefined && refreshOf(application)?.stamp === refreshed.stamp
  return {
    clearOperation: isAnswered,
    ...(isRefreshed && { clearAnnotations: refreshAnnotations }),
  }
}

type Picture = Pick<
  Parameters<typeof buildStatus>[0],
  'resources' | 'extraneous' | 'images' | 'health' | 'orphans' | 'shared'
> & {
  readonly verdicts: string
}

async function draw(
  clients: ActivityClients,
  current: StoredApplication,
  report: StatusReport,
): Promise<Picture> {
  const cluster = clients.clusterOf(current.application)
  if (cluster === undefined)
    return { resources: undefined, images: [], health: { status: 'Unknown' }, verdicts: '' }
  const declared = await declaredOf(clients, current, report)
  const ignoring = ignoringOf(clients, current.application)
  if (declared && report.operation?.phase === 'Succeeded') {
    await knowAll(cluster, declared, ignoring)
  }
  const live = cluster.live.ofApplication(current.label)
  const { health } = clients
  await health.ready(live)
  const rules = {
    assess: health.assess,
    ignoring,
    permitted: isPermitted(clients, current),
  }
  return {
    resources:
      declared &&
      resourceStatuses(cluster, current, clients.applications.namespace, declared, rules),
    extraneous: new Set(live.filter(isIgnoredAsExtraneous).map(keyOf)),
    images: declared ? imagesOf(declared) : [],
    orphans: orphansOf(clients, cluster, current),
    shared:
      declared &&
      sharedWarnings(
        declared.flatMap(({ key }) => cluster.live.get(key) ?? []),
        instanceName(current.ref, clients.applications.namespace),
      ),
    // nothing was compared and nothing is known: that is not the health of an empty application
    health:
      report.failure !== undefined && live.length === 0
        ? { status: 'Unknown' }
        : applicationHealth(live, declared?.length ?? live.length, health.assess, current.ref.uid),
    verdicts: verdicts(live, health.assess),
  }
}

/** What is declared as far as it is known; without it the last known resources stay in the status. */
async function declaredOf(
  { artifacts }: ActivityClients,
  { application, object }: StoredApplication,
  report: StatusReport,
): Promise<readonly Desired[] | undefined> {
  if (report.failure !== undefined || report.problems !== undefined) return undefined
  const { driftless } = statusOf(object)
  const digest = report.rendered?.digest ?? driftless?.rendered
  if (digest === undefined) return undefined
  try {
    return (await readDesired({ artifacts }, digest, { application })).resources
  } catch (error) {
    if (error instanceof PlatformError) return undefined
    throw error
  }
}
