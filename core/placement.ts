import {
  type Application,
  type Destination,
  isControlCluster,
  projectOf,
  repositoriesOf,
} from './application.ts'
import { projectProblems } from './project/problems.ts'
import { permitsDestination, permitsSource, readProject } from './project.ts'

type Surroundings = {
  /** The AppProject that the application names, as the API server has it. */
  readonly project: unknown
  readonly isKnownCluster: boolean
}

/** What keeps an application with a valid spec from being deployed where it is (APP-02, APP-03, PROJ-01, PROJ-02). */
export function placementProblems(
  application: Application,
  { project, isKnownCluster }: Surroundings,
): readonly string[] {
  const name = projectOf(application)
  if (project === undefined) {
    return [`spec.project: there is no AppProject ${name}; create it or use the project default`]
  }
  const { spec } = readProject(project)
  const { destination } = application.spec
  const place = destination.name || destination.server
  return [
    ...projectProblems(spec).map((text) => `spec.project: the AppProject ${name}: ${text}`),
    ...repositoriesOf(application)
      .filter((repoURL) => !permitsSource(spec, repoURL))
      .map(
        (repoURL) =>
          `spec.source.repoURL: the project ${name} does not permit ${repoURL}; add it to its sourceRepos`,
      ),
    ...(permitsDestination(spec, addressed(destination))
      ? []
      : [
          `spec.destination: the project ${name} does not permit ${place} ${destination.namespace ?? ''}; add it to its destinations`,
        ]),
    ...(isKnownCluster
      ? []
      : [
          `spec.destination: the cluster ${place} is not known here; use https://kubernetes.default.svc or in-cluster`,
        ]),
  ]
}

/** The control cluster has a name and an address; rules may speak of either. */
export function addressed(destination: Destination): Destination {
  if (!isControlCluster(destination)) return destination
  return { ...destination, name: 'in-cluster', server: 'https://kubernetes.default.svc' }
}
