import { nameRuleProblem } from '../expression/name-rule.ts'
import { AppProjectObject } from './schema.ts'
import { idleWindows } from './window-problems.ts'

const later = ['roles', 'destinationServiceAccounts'] as const

/**
 * The fields of an AppProject, as the API server has it, that this version reads but does not act on;
 * none of one that cannot be read, which is told otherwise.
 */
export function unbuiltProjectFields(project: unknown): readonly string[] {
  const read = AppProjectObject.safeParse(project)
  if (!read.success) return []
  const { metadata, spec } = read.data
  const asked = [
    ...later.filter((field) => (spec[field] ?? []).length > 0),
    ...(spec.sourceNamespaces ?? []).flatMap((rule) => {
      const problem = nameRuleProblem(rule)
      return problem === undefined ? [] : [`sourceNamespaces (${rule}: ${problem})`]
    }),
  ]
  asked.push(...idleWindows(spec).map((window) => `syncWindows (${window})`))
  return asked.map((field) => `spec.${field} of the AppProject ${metadata.name}`)
}
