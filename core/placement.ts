import { type Application, type Destination, projectOf, repositoriesOf } from './application.ts'
import { type KnownClusters, type Place, placeOf } from './cluster/place.ts'
import { projectProblems } from './project/problems.ts'
import { permitsDestination, permitsNamespace, permitsSource, readProject } from './project.ts'

type Surroundings = {
  /** The AppProject that the application names, as the API server has it. */
  readonly project: unknown
  readonly clusters: KnownClusters
  /** The namespace in which Applications of every project may live. */
  readonly controlNamespace: string
}

/**
 * What keeps an application with a valid spec from being deployed where it is (APP-02, APP-03,
 * APP-13, PROJ-01 to PROJ-03, PROJ-11, PROJ-16).
 */
export function placementProblems(
  application: Application,
  { project, clusters, controlNamespace }: Surroundings,
): readonly string[] {
  const name = projectOf(application)
  if (project === undefined) {
    return [`spec.project: there is no AppProject ${name}; create it or use the project default`]
  }
  const { spec } = readProject(project)
  const { destination } = application.spec
  const place = placeOf(destination, clusters)
  const { namespace } = application.metadata
  const ofProject = clusters.declared.filter((cluster) => cluster.project === name)
  return [
    ...projectProblems(spec).map((text) => `spec.project: the AppProject ${name}: ${text}`),
    ...(namespace === controlNamespace || permitsNamespace(spec, namespace)
      ? []
      : [
          `metadata.namespace: the project ${name} does not permit Applications in the namespace ${namespace}; add it to its sourceNamespaces`,
        ]),
    ...repositoriesOf(application)
      .filter((repoURL) => !permitsSource(spec, repoURL))
      .map(
        (repoURL) =>
          `spec.source.repoURL: the project ${name} does not permit ${repoURL}; add it to its sourceRepos`,
      ),
    ...(!isUsable(place) || permitsDestination(spec, addressed(destination, place), ofProject)
      ? []
      : [
          `spec.destination: the project ${name} does not permit ${shown(destination)} ${destination.namespace ?? ''}; add it to its destinations`,
        ]),
    ...placeProblems(destination, place, name),
  ]
}

/** Why nothing can be deployed to the destination, whatever its project permits. */
export function placeProblems(
  destination: Destination,
  place: Place,
  project: string,
): readonly string[] {
  if (place.kind === 'unknown') {
    return [
      `spec.destination: the cluster ${shown(destination)} is not known here; declare it in a Secret with the label argocd.argoproj.io/secret-type: cluster, or use https://kubernetes.default.svc or in-cluster`,
    ]
  }
  if (place.kind === 'unusable') {
    return place.problems.map((problem) => `spec.destination: ${problem}`)
  }
  const { project: owner } = place.declared ?? {}
  if (owner === undefined || owner === project) return []
  return [
    `spec.destination: the cluster ${shown(destination)} is for Applications of the project ${owner} only`,
  ]
}

function isUsable({ kind }: Place): boolean {
  return kind === 'control' || kind === 'remote'
}

function shown({ name, server }: Destination): string {
  return name || server || ''
}

/** A cluster has a name and an address; rules may speak of either. */
export function addressed(destination: Destination, place: Place): Destination {
  if (place.kind === 'control') {
    const name = place.declared?.name ?? 'in-cluster'
    return { ...destination, name, server: 'https://kubernetes.default.svc' }
  }
  if (place.kind !== 'remote') return destination
  const { name, server } = place.declared
  return { ...destination, name, server }
}
