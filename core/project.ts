import type { Destination } from './application.ts'
import { InvalidSpecError } from './errors.ts'
import { isNamedBy } from './expression/name-rule.ts'
import { normalizeGitUrl } from './git-url.ts'
import { globMatch } from './glob.ts'
import {
  type AppProject,
  AppProjectObject,
  type AppProjectSpec,
  type ProjectDestination,
  type ResourcePattern,
} from './project/schema.ts'

export type { AppProject, AppProjectSpec }

/** Reads an AppProject; throws InvalidSpecError naming the fields that are wrong. */
export function readProject(object: unknown): AppProject {
  const result = AppProjectObject.safeParse(object)
  if (result.success) return result.data
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new InvalidSpecError(`not a valid AppProject: ${problems.slice(0, 5).join('; ')}`)
}

/** The spec of the project that exists from the start and allows everything (PROJ-14). */
export const defaultProjectSpec = {
  sourceRepos: ['*'],
  destinations: [{ server: '*', namespace: '*' }],
  clusterResourceWhitelist: [{ group: '*', kind: '*' }],
} as const satisfies AppProjectSpec

/** PROJ-03: whether Applications of the project may live there, beside the control namespace. */
export function permitsNamespace(project: AppProjectSpec, namespace: string): boolean {
  return isNamedBy(project.sourceNamespaces ?? [], namespace)
}

type Request = { readonly repoURL: string; readonly destination: Destination }
type Permits = (
  project: AppProjectSpec,
  request: Request,
  projectClusters?: readonly ProjectDestination[],
) => boolean

/** Whether applications of the project may deploy this repository to this place (PROJ-01, -02, -11). */
export const permits: Permits = (project, { repoURL, destination }, projectClusters = []) =>
  permitsSource(project, repoURL) && permitsDestination(project, destination, projectClusters)

/** PROJ-01. A deny rule that does not match permits, as in Argo CD; one that matches always wins. */
export function permitsSource({ sourceRepos = [] }: AppProjectSpec, repoURL: string): boolean {
  const wanted = normalizeGitUrl(repoURL)
  const rules = sourceRepos.map((rule) =>
    isDeny(rule) ? `!${normalizeGitUrl(rule.slice(1))}` : normalizeGitUrl(rule),
  )
  const matching = (rule: string) => ruleMatches(rule, wanted, '/')
  return rules.some(matching) && rules.every((rule) => !isDeny(rule) || matching(rule))
}

/**
 * PROJ-02, PROJ-11. `projectClusters` are those that belong to the project, and they only matter when
 * it permits no others.
 */
export function permitsDestination(
  project: AppProjectSpec,
  destination: Destination,
  projectClusters: readonly ProjectDestination[] = [],
): boolean {
  const verdicts = (project.destinations ?? []).map((rule) => judge(rule, destination))
  if (!verdicts.includes('allow') || verdicts.includes('deny')) return false
  if (project.permitOnlyProjectScopedClusters !== true) return true
  return projectClusters.some(
    ({ server, name }) =>
      (!!server && server === destination.server) || (!!name && name === destination.name),
  )
}

function judge(rule: ProjectDestination, { server, name, namespace = '' }: Destination) {
  const matches = (pattern: string | undefined, value: string | undefined) =>
    !!value && ruleMatches(pattern ?? '', value)
  const byServer = matches(rule.server, server)
  const byName = matches(rule.name, name)
  const byNamespace = ruleMatches(rule.namespace ?? '', namespace)
  if ((byServer || byName) && byNamespace) return 'allow'
  const denied =
    (byNamespace && !byServer && isDeny(rule.server)) ||
    (byNamespace && !byName && isDeny(rule.name)) ||
    (!byNamespace && isDeny(rule.namespace) && (byServer || byName))
  return denied ? 'deny' : 'silent'
}

function isDeny(rule: string | undefined): boolean {
  return rule?.startsWith('!') === true
}

/** Whether a rule speaks of a value: a glob, or with `!` what is not one. */
export function ruleMatches(rule: string, value: string, separator = ''): boolean {
  if (isDeny(rule)) return !globMatch(rule.slice(1), value, separator)
  return rule === '*' || globMatch(rule, value, separator)
}

export type ResourceIdentity = {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly namespaced: boolean
}

/**
 * PROJ-04, PROJ-05. Without a whitelist every namespaced kind is permitted and no cluster-scoped one;
 * an empty whitelist permits none of either; blacklists win.
 */
export function permitsKind(project: AppProjectSpec, resource: ResourceIdentity): boolean {
  const lists = resource.namespaced
    ? [project.namespaceResourceWhitelist, project.namespaceResourceBlacklist]
    : [project.clusterResourceWhitelist ?? [], project.clusterResourceBlacklist]
  const [allowed, denied = []] = lists
  const isIn = (list: readonly ResourcePattern[]) => list.some((item) => names(item, resource))
  return (allowed === undefined || isIn(allowed)) && !isIn(denied)
}

function names(pattern: ResourcePattern, { group, kind, name, namespaced }: ResourceIdentity) {
  return (
    globMatch(pattern.kind, kind, '/') &&
    globMatch(pattern.group, group, '/') &&
    (namespaced || !pattern.name || globMatch(pattern.name, name, '/'))
  )
}
