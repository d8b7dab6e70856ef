import type { Manifest } from '../manifest/manifest.ts'
import { secretData } from '../manifest/secret.ts'

/** What a Secret says of one repository, or of all below an address (REPO-01 to REPO-09). */
export type RepositoryCredentials = {
  /** Name of the Secret, for messages. */
  readonly secret: string
  readonly url: string
  /** Whether it is for all repositories whose address begins with its own (`repo-creds`). */
  readonly isTemplate: boolean
  /** Whether it is only for writing (REPO-10). */
  readonly writes?: true
  readonly type: string
  /** Whose Applications may use it; absent for everybody's (REPO-14). */
  readonly project?: string
  readonly username?: string
  readonly password?: string
  readonly bearerToken?: string
  readonly sshPrivateKey?: string
  readonly tlsClientCertData?: string
  readonly tlsClientCertKey?: string
  readonly proxy?: string
  readonly noProxy?: string
  /** Neither the certificate nor the host key of the server is looked at. */
  readonly insecure?: boolean
  /** Of a Secret of the type `helm`: the charts lie in a registry (HELM-23). */
  readonly enableOCI?: boolean
  /** The registry is spoken to without TLS (REPO-08). */
  readonly plainHttp?: boolean
  /** Files that Git only points to are read from the LFS server (SRC-15). */
  readonly enableLfs?: boolean
  /** How many commits of each branch and tag are fetched; absent: all (SRC-16). */
  readonly depth?: number
  readonly githubApp?: GithubApp
  /** Keys that are set and not acted on, for messages. */
  readonly unbuilt: readonly string[]
}

/** By what we are an App of GitHub (REPO-06). */
export type GithubApp = {
  readonly id: string
  readonly privateKey: string
  /** Absent: the one that the repository is asked for. */
  readonly installation?: string
  /** Address of the REST API. */
  readonly api: string
}

/** The label by which such Secrets are found. */
export const secretTypeLabel = 'argocd.argoproj.io/secret-type'
/** Its values for Secrets of repositories; the last two are for writing. */
export const repositorySecretTypes = [
  ...['repository', 'repo-creds', 'repository-write', 'repo-write-creds'],
] as const

const texts = [
  ...['project', 'username', 'password', 'bearerToken', 'sshPrivateKey'],
  ...['tlsClientCertData', 'tlsClientCertKey', 'proxy', 'noProxy'],
] as const
const later = [
  'gcpServiceAccountKey',
  'useAzureWorkloadIdentity',
  'azureServicePrincipalClientId',
] as const

/** Reads a Secret as the API server has it; undefined when it names no repository. */
export function readRepositorySecret(secret: Manifest): RepositoryCredentials | undefined {
  const { metadata } = secret
  const fields = secretData(secret)
  const url = fields.get('url')?.trim()
  const kind = metadata.labels?.[secretTypeLabel]
  if (!url || !repositorySecretTypes.some((type) => type === kind)) return undefined
  const isOn = (key: string): boolean => fields.get(key)?.trim() === 'true'
  const given = texts.flatMap((key) => {
    const value = fields.get(key)
    return value ? [[key, value] as const] : []
  })
  return {
    ...{ secret: metadata.name ?? '', url, isTemplate: kind?.endsWith('-creds') === true },
    ...(kind?.includes('-write') && { writes: true as const }),
    type: fields.get('type')?.trim() || 'git',
    ...Object.fromEntries(given),
    ...((isOn('insecure') || isOn('insecureIgnoreHostKey')) && { insecure: true }),
    ...(isOn('enableOCI') && { enableOCI: true }),
    ...(isOn('insecureOCIForceHttp') && { plainHttp: true }),
    ...(isOn('enableLfs') && { enableLfs: true }),
    ...depthOf(fields.get('depth')),
    ...githubAppOf(fields),
    unbuilt: later.filter((key) => fields.get(key)),
  }
}

/** A depth that is no number of commits is as none: all are fetched. */
function depthOf(text = ''): Pick<RepositoryCredentials, 'depth'> {
  const depth = Number(text.trim())
  return Number.isSafeInteger(depth) && depth > 0 ? { depth } : {}
}

function githubAppOf(
  fields: ReadonlyMap<string, string>,
): Pick<RepositoryCredentials, 'githubApp'> {
  const [id, privateKey, installation, base] = [
    ...['githubAppID', 'githubAppPrivateKey'],
    ...['githubAppInstallationID', 'githubAppEnterpriseBaseUrl'],
  ].map((key) => fields.get(key)?.trim())
  if (!id || !privateKey) return {}
  const api = base?.replace(/\/+$/, '') || 'https://api.github.com'
  return { githubApp: { id, privateKey, api, ...(installation && { installation }) } }
}

/** Whether there is anything in it by which one could sign in. */
export function signsIn(credentials: RepositoryCredentials): boolean {
  const { username, password, bearerToken, sshPrivateKey } = credentials
  const { tlsClientCertData, githubApp } = credentials
  return [username, password, bearerToken, sshPrivateKey, tlsClientCertData, githubApp].some(
    Boolean,
  )
}

/** The values that must never be shown. */
export function secretsOf(credentials: RepositoryCredentials | undefined): readonly string[] {
  const { username = '', password, bearerToken, sshPrivateKey } = credentials ?? {}
  const header = password === undefined ? undefined : btoaUtf8(`${username}:${password}`)
  const keys = [sshPrivateKey, credentials?.tlsClientCertKey, credentials?.githubApp?.privateKey]
  return [password, bearerToken, ...keys, header].filter(
    (value): value is string => value !== undefined && value !== '',
  )
}

/** Base64 of the text in UTF-8. */
export function btoaUtf8(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

/** All that is known of how to reach a repository. */
export type RepositoryAccess = {
  readonly credentials?: RepositoryCredentials
  /** Certificates that its server is trusted for beside those of the system, as PEM (REPO-05). */
  readonly ca?: string
  /** The keys of ssh servers, as `known_hosts` has them (REPO-04). */
  readonly knownHosts?: string
}
