import { LRUCache } from 'lru-cache'
import type { Manifest } from '../core/manifest/manifest.ts'
import { credentialsFor } from '../core/repository/choose.ts'
import {
  type RepositoryAccess,
  type RepositoryCredentials,
  readRepositorySecret,
  repositorySecretTypes,
  secretTypeLabel,
} from '../core/repository/credentials.ts'
import { createReflector } from './kube/reflector.ts'
import type { KubeTransport } from './kube/transport.ts'

/** How the repositories are reached, as the control namespace says now. What it gives is never logged. */
export type AccessIndex = {
  /** Settles when it is known. */
  readonly synced: Promise<void>
  /** For an Application of this project; `type` is that of the Secret: `git`, `helm` or `oci`. */
  of(url: string, project: string, type?: string): RepositoryAccess
  /** The same for who writes; what is for reading where nothing is said of writing (REPO-10). */
  toWrite(url: string, project: string): RepositoryAccess
  stop(): void
}

const knownHostsMap = 'argocd-ssh-known-hosts-cm'
const certificatesMap = 'argocd-tls-certs-cm'

/** Follows the Secrets of repositories and the ConfigMaps with keys and certificates of servers. */
export function createAccessIndex(
  transport: KubeTransport,
  namespace: string,
  onError: (error: unknown) => void,
): AccessIndex {
  const credentials = new Map<string, RepositoryCredentials>()
  // asked for with every read of a mirror
  const chosen = new LRUCache<string, Chosen>({ max: 10_000 })
  const maps = new Map<string, Readonly<Record<string, string>>>()
  const secrets = followed(
    (object) => {
      chosen.clear()
      const read = readRepositorySecret(object)
      if (read === undefined) credentials.delete(nameOf(object))
      else credentials.set(nameOf(object), read)
    },
    credentials,
    { transport, path: `/api/v1/namespaces/${namespace}/secrets`, onError },
    `${secretTypeLabel} in (${repositorySecretTypes.join()})`,
    () => chosen.clear(),
  )
  const configMaps = followed(
    (object) => maps.set(nameOf(object), (object.data ?? {}) as Readonly<Record<string, string>>),
    maps,
    { transport, path: `/api/v1/namespaces/${namespace}/configmaps`, onError },
    'app.kubernetes.io/part-of=argocd',
  )
  const known = (forWriting: true | undefined) =>
    [...credentials.values()].filter(({ writes }) => writes === forWriting)
  const toReach = (url: string, found: RepositoryCredentials | undefined): RepositoryAccess => {
    const ca = maps.get(certificatesMap)?.[hostOf(url)]
    const knownHosts = maps.get(knownHostsMap)?.ssh_known_hosts
    return {
      ...(found !== undefined && { credentials: found }),
      ...(ca && { ca }),
      ...(knownHosts && { knownHosts }),
    }
  }
  const toRead = (url: string, project: string, type = 'git'): RepositoryAccess => {
    const name = `${type}\n${project}\n${url}`
    const { found } = chosen.get(name) ?? {
      found: credentialsFor(known(undefined), { url, project, type }),
    }
    chosen.set(name, { found })
    return toReach(url, found)
  }
  return {
    synced: Promise.all([secrets.synced, configMaps.synced]).then(() => undefined),
    of: toRead,
    toWrite(url, project) {
      const found = credentialsFor(known(true), { url, project })
      return found === undefined ? toRead(url, project) : toReach(url, found)
    },
    stop() {
      secrets.stop()
      configMaps.stop()
    },
  }
}

type Chosen = { readonly found: RepositoryCredentials | undefined }
type Watched = Pick<Parameters<typeof createReflector>[0], 'transport' | 'path' | 'onError'>

function followed(
  onChange: (object: Manifest) => void,
  known: Map<string, unknown>,
  watched: Watched,
  labelSelector: string,
  onLess: () => void = () => undefined,
) {
  return createReflector({
    ...{ ...watched, labelSelector, onChange },
    onDelete: (object) => {
      onLess()
      known.delete(nameOf(object))
    },
    onList: (objects) => {
      onLess()
      const there = new Set(objects.map(nameOf))
      for (const name of known.keys()) if (!there.has(name)) known.delete(name)
    },
  })
}

function nameOf({ metadata }: Manifest): string {
  return metadata.name ?? ''
}

/** The name under which a certificate is kept; empty for what is no address of a server. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : ''
}
