import type { Phase } from '../plan/phase.ts'

export const resourcesFinalizer = 'resources-finalizer.argocd.argoproj.io'
const resourcesFinalizers = [
  resourcesFinalizer,
  `${resourcesFinalizer}/foreground`,
  `${resourcesFinalizer}/background`,
]

/** The hooks that only a deletion runs (HOOK-14, HOOK-15). */
export type DeletePhase = Extract<Phase, 'PreDelete' | 'PostDelete'>

/** What holds an Application: one finalizer for each thing that its deletion still has to do. */
const hookFinalizers: Readonly<Record<DeletePhase, string>> = {
  PreDelete: 'pre-delete-finalizer.argocd.argoproj.io',
  PostDelete: 'post-delete-finalizer.argocd.argoproj.io',
}

/** Whether a finalizer asks for the deletion of the resources (APP-12). */
export function isResourcesFinalizer(name: string): boolean {
  return resourcesFinalizers.includes(name)
}

/** Whether a finalizer asks for the hooks of a deletion, those of this phase or any; also with `/cleanup`. */
export function isHookFinalizer(name: string, phase?: DeletePhase): boolean {
  const wanted = phase === undefined ? Object.values(hookFinalizers) : [hookFinalizers[phase]]
  return wanted.some((finalizer) => name === finalizer || name === `${finalizer}/cleanup`)
}

/** The finalizers with those that hooks of these phases ask for, and without those that none asks for. */
export function withHookFinalizers(
  finalizers: readonly string[],
  phases: ReadonlySet<Phase>,
): readonly string[] {
  const wanted = Object.entries(hookFinalizers).flatMap(([phase, name]) =>
    phases.has(phase as DeletePhase) ? [name, `${name}/cleanup`] : [],
  )
  const kept = finalizers.filter((name) => !isHookFinalizer(name) || wanted.includes(name))
  return [...kept, ...wanted.filter((name) => !kept.includes(name))]
}

/** The command that lets an Application go without the hooks of this phase. */
export function wayOutOf(phase: DeletePhase): string {
  return `take the finalizers ${hookFinalizers[phase]} and ${hookFinalizers[phase]}/cleanup off the Application`
}

/** What is left to do of a deletion, as the finalizers say. */
export type Deletion = {
  /** Whether PreDelete hooks come first. */
  readonly before: boolean
  /** Whether the resources go too (HIST-06). */
  readonly resources: boolean
  /** Whether PostDelete hooks end it. */
  readonly after: boolean
}

/** What the deletion of an Application with these finalizers has to do; undefined for nothing. */
export function deletionOf(finalizers: readonly string[]): Deletion | undefined {
  const deletion = {
    before: finalizers.some((name) => isHookFinalizer(name, 'PreDelete')),
    resources: finalizers.some(isResourcesFinalizer),
    after: finalizers.some((name) => isHookFinalizer(name, 'PostDelete')),
  }
  return Object.values(deletion).includes(true) ? deletion : undefined
}
