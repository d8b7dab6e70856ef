import { type Application, projectOf } from '../application.ts'
import { readProject } from '../project.ts'
import { windowsOf } from './permit.ts'

/**
 * The sync windows of an AppProject, as the API server has it, that speak of the application, and
 * the problems of those that cannot be read: they block, since they may have been meant to deny.
 */
export function projectWindows(project: unknown, application: Application) {
  const { syncWindows = [] } = readProject(project).spec
  const { metadata, spec } = application
  const { windows, problems } = windowsOf(syncWindows, metadata.name, spec.destination)
  const name = projectOf(application)
  return {
    windows,
    problems: problems.map((text) => `spec.project: a sync window of ${name}: ${text}`),
  }
}
