import type { ApplicationIndex } from '../clients/applications.ts'
import { projectOf } from '../core/application.ts'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { isResourcesFinalizer } from '../core/policy/finalizers.ts'
import { retryForever } from './retry.ts'

export type ProjectReleaseOptions = {
  readonly applications: Pick<
    ApplicationIndex,
    'all' | 'project' | 'projects' | 'patchProject' | 'subscribe' | 'subscribeProjects'
  >
  readonly onError: (error: unknown) => void
}

/**
 * Lets an AppProject go that is being deleted, once no Application names it: until then its finalizer
 * keeps it (PROJ-19). Every worker does it; who comes late finds nothing to do.
 */
export function startProjectRelease({ applications, onError }: ProjectReleaseOptions): void {
  const release = async (name: string): Promise<void> => {
    const project = applications.project(name)
    if (project === undefined || !isHeld(project)) return
    if (applications.all().some(({ application }) => projectOf(application) === name)) return
    const { finalizers = [], resourceVersion, uid } = project.metadata
    const left = finalizers.filter((finalizer) => !isResourcesFinalizer(finalizer))
    try {
      await applications.patchProject(name, {
        metadata: { finalizers: left, resourceVersion, uid },
      })
    } catch (error) {
      // somebody else did it, or wrote to it: then our watch tells of it again
      if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error
    }
  }
  const look = (name: string) => void retryForever(() => release(name), onError)
  const lookAtAll = () => {
    for (const project of applications.projects()) {
      if (isHeld(project)) look(project.metadata.name ?? '')
    }
  }
  applications.subscribeProjects(look)
  applications.subscribe(lookAtAll)
  lookAtAll()
}

function isHeld({ metadata: { deletionTimestamp, finalizers = [] } }: Manifest): boolean {
  return deletionTimestamp !== undefined && finalizers.some(isResourcesFinalizer)
}
