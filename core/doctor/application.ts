import type { Application } from '../application.ts'
import { rulesFor } from '../diff/ignore.ts'
import { PlatformError } from '../errors.ts'
import { keyOf, showKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isHook, phasesOf } from '../plan/phase.ts'
import { annotationProblems } from '../policy/rollback-policy.ts'
import { shortRevision } from '../short-revision.ts'
import type { ApplicationStatus } from '../status/status.ts'
import { rfc3339 } from '../time.ts'
import { permitSync } from '../window/permit.ts'
import { projectWindows } from '../window/project-windows.ts'
import { type Finding, failOf, ok, orOk, warn } from './finding.ts'

/** Whether the sync windows of the project let a sync begin now (WIN-03, WIN-04). */
export function checkWindows(
  project: unknown,
  application: Application,
  now: number,
): readonly Finding[] {
  const check = 'window'
  try {
    const { windows, problems } = projectWindows(project, application)
    if (problems.length > 0) return problems.map((text) => failOf(check, text))
    const permit = permitSync(windows, { at: now, manual: false })
    if (permit.permitted) return [ok(check, 'no sync window blocks a sync now')]
    const until = permit.until === undefined ? '' : ` until ${rfc3339(permit.until)}`
    return [
      warn(check, `${permit.reason}${until}`, 'wait, or change syncWindows of the AppProject'),
    ]
  } catch (error) {
    if (error instanceof PlatformError) return [failOf(check, error.message)]
    throw error
  }
}

/** Whether a rollback keeps automated sync off (design §8). */
export function checkHold({ driftless }: ApplicationStatus): Finding {
  const hold = driftless?.hold
  if (hold === undefined) return ok('hold', 'no rollback holds automated sync')
  const why = hold.because === undefined ? '' : `: ${hold.because}`
  const reason = `held at ${shortRevision(hold.revision)} by ${hold.by} since ${hold.at}${why}`
  return warn('hold', reason, 'push a newer revision, or sync by hand')
}

/** Hooks that may run for ever: they have no deadline of their own. */
export function checkHooks(
  { metadata: { annotations = {} } }: Application,
  manifests: readonly Manifest[],
): readonly Finding[] {
  const check = 'hooks'
  const hooks = manifests.filter(isHook)
  if (hooks.length === 0) return [ok(check, 'there are none')]
  const isBounded =
    annotations['driftless.dev/wave-timeout'] !== undefined ||
    annotations['driftless.dev/operation-timeout'] !== undefined
  const endless = hooks.filter(
    ({ kind, spec }) => kind === 'Job' && (spec as Deadline)?.activeDeadlineSeconds === undefined,
  )
  const phases = new Set(hooks.flatMap(phasesOf))
  if (isBounded || endless.length === 0) {
    return [ok(check, `${hooks.length} in ${[...phases].join(', ') || 'no phase'}`)]
  }
  return [
    warn(
      check,
      `nothing ends ${namesOf(endless)} when it hangs`,
      'set activeDeadlineSeconds, or the annotation driftless.dev/wave-timeout of the Application',
    ),
  ]
}

type Deadline = { readonly activeDeadlineSeconds?: number } | undefined

/** Fields that are not acted on, annotations that say nothing, rules that ignore nothing. */
export function checkFields(
  application: Application,
  unbuilt: readonly string[],
  manifests: readonly Manifest[],
): readonly Finding[] {
  const check = 'fields'
  const idle = (application.spec.ignoreDifferences ?? []).filter(
    (rule) => !manifests.some((manifest) => rulesFor([rule], manifest).length > 0),
  )
  const found = [
    ...unbuilt.map((field) => warn(check, `${field} is not acted on by this version`, 'remove it')),
    ...annotationProblems(application).map((text) => {
      const { reason, remedy = '' } = failOf(check, text)
      return warn(check, reason, remedy)
    }),
    ...idle.map(({ group = '', kind, name = '*' }) =>
      warn(
        check,
        `spec.ignoreDifferences for ${group === '' ? kind : `${group}/${kind}`} ${name} fits no object`,
        'correct its group, kind and name, or remove it',
      ),
    ),
  ]
  return orOk(found, check, 'all are acted on')
}

const shownNames = 5

/** As many names as one reads in a line. */
export function namesOf(manifests: readonly Manifest[]): string {
  const names = manifests.slice(0, shownNames).map((manifest) => showKey(keyOf(manifest)))
  const more = manifests.length - names.length
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
