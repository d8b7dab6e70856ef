import type { StoredApplication } from '../clients/applications.ts'
import { type GitSource, projectOf } from '../core/application.ts'
import { instanceName } from '../core/manifest/tracking.ts'
import type { BuildEnvironment } from '../core/render/environment.ts'

/** What may be written into values of a source instead of a literal, as far as no cluster is asked (SRC-13). */
export function environmentOf(
  { application, ref }: StoredApplication,
  controlNamespace: string,
): (source: GitSource, revision: string) => BuildEnvironment {
  return (source, revision) => ({
    appName: instanceName(ref, controlNamespace),
    appNamespace: application.spec.destination.namespace ?? '',
    project: projectOf(application),
    revision,
    path: source.path ?? '.',
    repoURL: source.repoURL,
    targetRevision: source.targetRevision ?? 'HEAD',
  })
}
