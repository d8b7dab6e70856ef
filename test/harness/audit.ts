import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One write as the API server's own audit log has it. */
export type AuditedWrite = {
  readonly verb: string
  readonly code: number
  readonly resource: string
  readonly namespace: string
  readonly name: string
}

type Entry = {
  readonly verb?: string
  readonly requestURI?: string
  readonly responseStatus?: { readonly code?: number }
  readonly objectRef?: Partial<Pick<AuditedWrite, 'resource' | 'namespace' | 'name'>> & {
    readonly subresource?: string
  }
}

/** The writes to one namespace that were no dry-runs and no status of a controller, in their order. */
export function auditedWrites(stackDir: string, namespace: string): readonly AuditedWrite[] {
  const lines = readFileSync(join(stackDir, 'logs', 'audit.log'), 'utf8')
    .trim()
    .split('\n')
  return lines.flatMap((line) => {
    const { verb = '', requestURI = '', responseStatus, objectRef } = JSON.parse(line) as Entry
    const { resource = '', namespace: place, name = '', subresource } = objectRef ?? {}
    if (place !== namespace || subresource !== undefined || requestURI.includes('dryRun')) return []
    return [{ verb, code: responseStatus?.code ?? 0, resource, namespace: place, name }]
  })
}

/** Names of the objects that were created, once per creation. */
export function creationsIn(
  stackDir: string,
  namespace: string,
  resource: string,
): readonly string[] {
  return auditedWrites(stackDir, namespace)
    .filter((write) => write.resource === resource && write.code === 201)
    .map(({ name }) => name)
}
