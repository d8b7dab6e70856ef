import type { StoredApplication } from '../clients/applications.ts'
import { projectOf } from '../core/application.ts'
import { NotFoundError } from '../core/errors.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import type { ApiClients } from './clients.ts'

type Narrowing = {
  readonly appNamespace?: string | undefined
  readonly project?: string | readonly string[] | undefined
}

/** The Application of this name; NotFoundError when there is none, or it is in another project. */
export async function findApplication(
  { applications }: Pick<ApiClients, 'applications'>,
  name: string,
  { appNamespace = applications.namespace, project }: Narrowing = {},
): Promise<StoredApplication> {
  // one that was made a moment ago may not have come by the watch yet
  const found =
    applications.get(appNamespace, name) ?? (await applications.read(appNamespace, name))
  if (found === undefined || !isIn(found, project)) {
    throw new NotFoundError(
      `there is no Application ${name} in the namespace ${appNamespace}; GET /api/v1/applications lists those there are`,
    )
  }
  return found
}

/** Whether the Application belongs to one of the projects; no project named means any. */
export function isIn({ application }: StoredApplication, project: Narrowing['project']): boolean {
  const wanted = [project ?? []].flat().filter((name) => name !== '')
  return wanted.length === 0 || wanted.includes(projectOf(application))
}

/** The object as answers carry it: without the server's book-keeping of fields. */
export function shown(object: Manifest): Manifest {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}
