import { z } from '@hono/zod-openapi'
import type { StoredApplication } from '../clients/applications.ts'
import { repositoriesOf } from '../core/application.ts'
import { normalizeGitUrl } from '../core/git-url.ts'
import { parseSelector } from '../core/label-selector.ts'
import { Narrowing, ObjectName } from './answers.ts'
import { isIn } from './find-application.ts'

/** The query by which applications are chosen (API-01). */
export const FilterQuery = Narrowing.extend({
  name: ObjectName.optional(),
  projects: z.union([z.string(), z.array(z.string())]).optional(),
  selector: z.string().max(2_000).optional(),
  repo: z.string().optional(),
})

export type Filter = z.infer<typeof FilterQuery>

/** Whether an application is asked for; the selector is read once. */
export function matcherOf({
  name,
  project,
  projects,
  selector = '',
  repo,
  appNamespace,
}: Filter): (application: StoredApplication) => boolean {
  const selects = parseSelector(selector)
  const wantedRepo = repo === undefined ? undefined : normalizeGitUrl(repo)
  return (application) =>
    (name === undefined || application.ref.name === name) &&
    (appNamespace === undefined || application.ref.namespace === appNamespace) &&
    isIn(application, project) &&
    isIn(application, projects) &&
    selects(application.object.metadata.labels) &&
    (wantedRepo === undefined || reposOf(application).includes(wantedRepo))
}

function reposOf({ application }: StoredApplication): readonly string[] {
  return repositoriesOf(application).map(normalizeGitUrl)
}
