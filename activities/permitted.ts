import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import { projectOf } from '../core/application.ts'
import { PermissionError } from '../core/errors.ts'
import { partsOf, type ResourceKey } from '../core/manifest/key.ts'
import { permitsKind, readProject } from '../core/project.ts'

/** Throws PermissionError for an object that the project does not permit. */
export type RefuseForbiddenKind = (key: ResourceKey) => void

/** What the project of the Application, as it is now, does not permit is never written (PROJ-04, PROJ-05). */
export function kindGuard(
  applications: ApplicationIndex,
  { application }: StoredApplication,
): RefuseForbiddenKind {
  const name = projectOf(application)
  const object = applications.project(name)
  if (object === undefined) return () => undefined
  const { spec } = readProject(object)
  return (key) => {
    const { group, kind, namespace, name: resource } = partsOf(key)
    const namespaced = namespace !== ''
    if (permitsKind(spec, { group, kind, name: resource, namespaced })) return
    const list = namespaced ? 'namespaceResourceWhitelist' : 'clusterResourceWhitelist'
    throw new PermissionError(
      `the project ${name} does not permit ${group === '' ? kind : `${group}/${kind}`}; add it to its ${list}`,
    )
  }
}
