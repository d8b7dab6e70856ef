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

function entriesOf(stackDir: string): readonly Entry[] {
  const text = readFileSync(join(stackDir, 'logs', 'audit.log'), 'utf8')
  // the line that is being written is no entry yet
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n')
  return lines.map((line) => JSON.parse(line) as Entry)
}

/** The writes to one namespace that were no dry-runs and no status of a controller, in their order. */
export function auditedWrites(stackDir: string, namespace: string): readonly AuditedWrite[] {
  return writesOf(stackDir).filter((write) => write.namespace === namespace)
}

function writesOf(stackDir: string): readonly AuditedWrite[] {
  return entriesOf(stackDir).flatMap((entry) => {
    const { verb = '', requestURI = '', responseStatus, objectRef } = entry
    const { resource = '', namespace = '', name = '', subresource } = objectRef ?? {}
    if (subresource !== undefined || requestURI.includes('dryRun')) return []
    return [{ verb, code: responseStatus?.code ?? 0, resource, namespace, name }]
  })
}

/**
 * Every change that Driftless asked for of the objects of one namespace, and of those without one
 * that have these names; dry-runs left out, as `<resource> <namespace>/<name>`.
 */
export function changesByDriftless(
  stackDir: string,
  place: string,
  names: ReadonlySet<string>,
): readonly string[] {
  return entriesOf(stackDir).flatMap(({ verb = '', requestURI = '', objectRef }) => {
    const { resource = '', namespace = '', name = '' } = objectRef ?? {}
    const isOurs = requestURI.includes('fieldManager=driftless') || verb === 'delete'
    const isMeant = namespace === place || (namespace === '' && names.has(name))
    return isOurs && isMeant && !requestURI.includes('dryRun')
      ? [`${resource} ${namespace}/${name}`]
      : []
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

/** How often each object of all namespaces was created, by `<resource> <namespace>/<name>`. */
export function allCreations(stackDir: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const write of writesOf(stackDir)) {
    if (write.code !== 201) continue
    const object = `${write.resource} ${write.namespace}/${write.name}`
    counts.set(object, (counts.get(object) ?? 0) + 1)
  }
  return counts
}
