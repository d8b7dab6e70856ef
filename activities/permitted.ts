import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import { projectOf } from '../core/application.ts'
import { PermissionError } from '../core/errors.ts'
import { partsOf, type ResourceKey } from '../core/manifest/key.ts'
import { permitsKind, readProject } from '../core/project.ts'

/** What the project does not permit is never written (PROJ-04, PROJ-05). */
export function refuseForbiddenKind(
  applications: ApplicationIndex,
  { application }: StoredApplication,
  key: ResourceKey,
): void {
  const name = projectOf(application)
  const project = applications.project(name)
  if (project === undefined) return
  const { group, kind, namespace, name: resource } = partsOf(key)
  const permitted = permitsKind(readProject(project).spec, {
    group,
    kind,
    name: resource,
    namespaced: namespace !== '',
  })
  if (permitted) return
  const list = namespace === '' ? 'clusterResourceWhitelist' : 'namespaceResourceWhitelist'
  throw new PermissionError(
    `the project ${name} does not permit ${group === '' ? kind : `${group}/${kind}`}; add it to its ${list}`,
  )
}
