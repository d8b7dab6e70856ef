import { type Application, syncOption, syncOptionFor } from '../application.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { syncOptionOf } from '../manifest/sync-option.ts'

/** How an object is written, by the sync options of its Application and by its own, which win. */
export type WriteWay = {
  /** What is not declared goes, whoever set it (OPT-10). */
  readonly replace: boolean
  /** What the API server refuses to change is deleted and made anew; with `replace` always (OPT-11). */
  readonly force: boolean
  /** Fields that the kind does not know are refused (OPT-05). */
  readonly validate: boolean
  /** A kind that the cluster does not serve yet is not tried beforehand (OPT-06). */
  readonly mayBeUnknown: boolean
  /** What kubectl applied before becomes ours (OPT-13). */
  readonly adoptKubectl: boolean
  /** It is applied on the client's side, as server-side apply refuses it (OPT-12). */
  readonly clientSide: boolean
}

/**
 * The way in which an object of the application is written. That it is replaced or forced the live
 * one may say too (semantics 2.3 item 35).
 */
export function writeWayOf(
  application: Application,
  manifest: Manifest,
  live?: Manifest,
): WriteWay {
  const option = (name: string) => syncOptionFor(application, manifest, name)
  const isAsked = (name: string) =>
    option(name) === 'true' || (live !== undefined && syncOptionOf(live, name) === 'true')
  return {
    replace: isAsked('Replace'),
    force: isAsked('Force'),
    validate: option('Validate') !== 'false',
    mayBeUnknown: option('SkipDryRunOnMissingResource') === 'true',
    adoptKubectl: option('ClientSideApplyMigration') !== 'false',
    clientSide: isClientSide(application, manifest),
  }
}

/** Whether the object is applied on the client's side (OPT-12): server-side is how it always is otherwise. */
export function isClientSide(application: Application, manifest: Manifest): boolean {
  return syncOptionFor(application, manifest, 'ServerSideApply') === 'false'
}

export type Propagation = 'Foreground' | 'Background' | 'Orphan'

/** What becomes of the objects that a pruned one owns (OPT-08). */
export function prunePropagation(application: Application): Propagation {
  const policy = syncOption(application, 'PrunePropagationPolicy')
  if (policy === 'background') return 'Background'
  return policy === 'orphan' ? 'Orphan' : 'Foreground'
}

/** Whether a pruned object goes after everything else (OPT-09). */
export function isPrunedLast(application: Application, live: Manifest): boolean {
  return syncOptionFor(application, live, 'PruneLast') === 'true'
}

/** Whether an object that another Application tracks ends the sync (OPT-14). */
export function failsOnShared(application: Application): boolean {
  return syncOption(application, 'FailOnSharedResource') === 'true'
}

const unchangeable =
  /immutable|updates to \S+ spec for fields other than|may not change once set|cannot change roleRef/
// server-side apply tells elements of lists apart by their keys
const notMergeable = /duplicate entries for key/

/** What can be done about a refusal that a change of the object's text cannot mend; else nothing. */
export function remedyFor(message: string): string {
  if (unchangeable.test(message))
    return annotateFor('deleted and made anew', 'Replace=true,Force=true')
  if (notMergeable.test(message))
    return annotateFor('applied all the same', 'ServerSideApply=false')
  return ''
}

function annotateFor(what: string, options: string): string {
  return `; to have the object ${what}, annotate it with argocd.argoproj.io/sync-options: ${options}`
}
