import type { ApplicationRef } from './wake.ts'

/** As people name an Application: `<namespace>/<name>`. */
export function nameOf({ namespace, name }: Pick<ApplicationRef, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`
}

/** Names one operation for good: `<namespace>/<name>/<start in epoch ms>`. */
export function operationId(ref: ApplicationRef, startedAt: number): string {
  return `${nameOf(ref)}/${startedAt}`
}
