import { AppProjectObject } from './schema.ts'

const later = ['roles', 'sourceNamespaces', 'destinationServiceAccounts'] as const

/**
 * The fields of an AppProject, as the API server has it, that this version reads but does not act on;
 * none of one that cannot be read, which is told otherwise.
 */
export function unbuiltProjectFields(project: unknown): readonly string[] {
  const read = AppProjectObject.safeParse(project)
  if (!read.success) return []
  const { metadata, spec } = read.data
  return later
    .filter((field) => (spec[field] ?? []).length > 0)
    .map((field) => `spec.${field} of the AppProject ${metadata.name}`)
}
