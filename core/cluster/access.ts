import { z } from 'zod'
import { flag, text, textMap, texts } from '../application/field-kinds.ts'
import type { Immutable } from '../immutable.ts'

/** CLUS-02: `config` of the Secret of a cluster, as Argo CD has it; what nobody knows is kept. */
const Access = z.looseObject({
  username: text(),
  password: text(),
  bearerToken: text(),
  tlsClientConfig: z
    .looseObject({
      insecure: flag(),
      serverName: text(),
      caData: text(),
      certData: text(),
      keyData: text(),
    })
    .nullish(),
  awsAuthConfig: z
    .looseObject({ clusterName: z.string().min(1), roleARN: text(), profile: text() })
    .nullish(),
  execProviderConfig: z
    .looseObject({
      command: z.string().min(1),
      args: texts().nullable(),
      env: textMap().nullable(),
      apiVersion: text(),
    })
    .nullish(),
  // answers are never compressed: that is for networks that are slower than their processors
  disableCompression: flag(),
  proxyUrl: text(),
})

/** How to prove who we are, and how the server does. Nothing of it is ever shown. */
export type ClusterAccess = Immutable<z.infer<typeof Access>>

type ReadAccess = { readonly access: ClusterAccess; readonly problems: readonly string[] }

/** Reads `config`; a problem names the key and never its value. */
export function readAccess(config: string | undefined): ReadAccess {
  if (config === undefined || config.trim() === '') return { access: {}, problems: [] }
  const parsed = parseJson(config)
  // what JSON.parse says would show a piece of the text
  if (parsed === undefined) return { access: {}, problems: ['config: is not JSON'] }
  const result = Access.safeParse(parsed)
  if (!result.success) {
    const problems = result.error.issues.map(
      ({ path, message }) => `${['config', ...path].join('.')}: ${message}`,
    )
    return { access: {}, problems }
  }
  return { access: result.data, problems: contradictions(result.data) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const base64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/

function contradictions({ tlsClientConfig, proxyUrl }: ClusterAccess): readonly string[] {
  const { insecure, caData, certData, keyData } = tlsClientConfig ?? {}
  const problems = Object.entries({ caData, certData, keyData })
    .filter(([, value]) => value !== undefined && !base64.test(value))
    .map(([key]) => `config.tlsClientConfig.${key}: is not base64`)
  if (insecure === true && caData) {
    problems.push('config.tlsClientConfig: has insecure and caData; keep one of them')
  }
  if (Boolean(certData) !== Boolean(keyData)) {
    problems.push('config.tlsClientConfig: certData and keyData belong together')
  }
  if (proxyUrl && !/^https?:\/\/[^\s]+$/.test(proxyUrl)) {
    problems.push('config.proxyUrl: is not an http or https address')
  }
  return problems
}
