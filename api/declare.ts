import type { StoredApplication } from '../clients/applications.ts'
import { projectOf, type ReadApplication, readApplication } from '../core/application.ts'
import { digestOf } from '../core/digest.ts'
import { ConflictError, InvalidSpecError, NotFoundError } from '../core/errors.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { placementProblems } from '../core/placement.ts'
import { mergePatch } from '../core/status/merge-patch.ts'
import type { ApiClients } from './clients.ts'

/** What people declare of an Application; all else is status, or the server's. */
export type Declared = {
  readonly spec: unknown
  readonly metadata: Pick<Manifest['metadata'], 'labels' | 'annotations' | 'finalizers'>
}

const maxConflicts = 8

/** Empty labels, annotations and finalizers are none: the API server drops them too. */
export function declaredOf({ metadata, spec }: Manifest): Declared {
  const { labels, annotations, finalizers } = metadata
  return {
    spec: spec ?? {},
    metadata: {
      ...(labels && Object.keys(labels).length > 0 && { labels }),
      ...(annotations && Object.keys(annotations).length > 0 && { annotations }),
      ...(finalizers && finalizers.length > 0 && { finalizers }),
    },
  }
}

/** Whether both declare the same. */
export function isSame(a: Declared, b: Declared): boolean {
  return digestOf(a) === digestOf(b)
}

/**
 * Refuses what could never be deployed (API-02): malformed fields always, what the project or the
 * surroundings do not permit only when `validate` is on.
 */
export function checkDeclared(
  { applications, clusters }: Pick<ApiClients, 'applications' | 'clusters'>,
  object: Manifest,
  validate: boolean,
): void {
  const read = readApplication(object)
  const problems = read.problems.length > 0 ? read.problems : placement(read)
  if (problems.length === 0) return
  throw new InvalidSpecError(
    `application spec for ${object.metadata.name} is invalid: ${problems.join('; ')}`,
  )

  function placement({ application }: ReadApplication): readonly string[] {
    if (!validate) return []
    return placementProblems(application, {
      project: applications.project(projectOf(application)),
      clusters: clusters.known(),
      controlNamespace: applications.namespace,
    })
  }
}

/**
 * Makes the Application declare this and nothing else; its status and a running operation stay.
 * `change` is asked again when somebody else wrote in between.
 */
export async function declare(
  { applications }: Pick<ApiClients, 'applications'>,
  first: StoredApplication,
  change: (current: Manifest) => Declared | Promise<Declared>,
): Promise<StoredApplication> {
  let current = first
  for (let attempt = 0; ; attempt++) {
    const patch = mergePatch(declaredOf(current.object), await change(current.object))
    if (patch === undefined) return current
    const { resourceVersion, uid } = current.object.metadata
    const { metadata, ...rest } = patch as { metadata?: object }
    try {
      return await applications.patch(current.ref, {
        ...rest,
        metadata: { ...metadata, resourceVersion, uid },
      })
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === maxConflicts) throw error
    }
    const { namespace, name, uid: known } = current.ref
    const read = await applications.read(namespace, name)
    if (read?.ref.uid !== known) {
      throw new NotFoundError(`the Application ${name} was deleted meanwhile`)
    }
    current = read
  }
}
