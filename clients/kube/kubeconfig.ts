import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { load } from 'js-yaml'
import { z } from 'zod'
import { InvalidSpecError } from '../../core/errors.ts'

const named = <T extends z.ZodRawShape>(field: string, shape: T) =>
  z.array(z.looseObject({ name: z.string(), [field]: z.looseObject(shape).default({} as never) }))

const text = () => z.string().optional()

const File = z.looseObject({
  'current-context': z.string().optional(),
  contexts: named('context', { cluster: text(), user: text() }).default([]),
  clusters: named('cluster', {
    server: text(),
    'certificate-authority': text(),
    'certificate-authority-data': text(),
    'insecure-skip-tls-verify': z.boolean().optional(),
    'tls-server-name': text(),
  }).default([]),
  users: named('user', {
    token: text(),
    tokenFile: text(),
    'client-certificate': text(),
    'client-certificate-data': text(),
    'client-key': text(),
    'client-key-data': text(),
    exec: z.unknown().optional(),
    'auth-provider': z.unknown().optional(),
  }).default([]),
})

type Fields = Readonly<Record<string, unknown>>

/** The cluster and user of a context. */
export type Kubeconfig = {
  readonly cluster: Fields
  readonly user: Fields
  /** Content of `<field>-data`, else of the file named by `<field>`. */
  readonly content: (of: Fields, field: string) => Buffer | undefined
}

/** Reads a kubeconfig file, in its current context or a named one; throws InvalidSpecError that says what is missing in it. */
export function readKubeconfig(path: string, named?: string): Kubeconfig {
  const result = File.safeParse(load(readFileSync(path, 'utf8')))
  if (!result.success) {
    throw new InvalidSpecError(
      `the kubeconfig ${path} cannot be read: ${result.error.issues[0]?.message}`,
    )
  }
  const file = result.data
  const context = pick(path, 'context', file.contexts, named ?? file['current-context'] ?? '')
  const content = (of: Fields, field: string): Buffer | undefined => {
    const data = of[`${field}-data`]
    const at = of[field]
    if (typeof data === 'string') return Buffer.from(data, 'base64')
    return typeof at === 'string' ? readFileSync(resolve(dirname(path), at)) : undefined
  }
  return {
    cluster: pick(path, 'cluster', file.clusters, String(context.cluster ?? '')),
    user: pick(path, 'user', file.users, String(context.user ?? '')),
    content,
  }
}

function pick(path: string, kind: string, list: readonly Fields[], name: string): Fields {
  const found = list.find((entry) => entry.name === name)?.[kind]
  if (found !== undefined) return found as Fields
  const names = list.map((entry) => String(entry.name)).join(', ')
  throw new InvalidSpecError(
    `the kubeconfig ${path} has no ${kind} named ${JSON.stringify(name)}; it has ${names || 'none'}`,
  )
}
