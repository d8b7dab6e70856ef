import { GitAccessError, GitAuthError } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/git-url.ts'
import { type RepositoryCredentials, secretsOf } from '../../core/repository/credentials.ts'
import type { Outbound } from '../outbound.ts'
import { isArtifact, isRegistry, type Packed, type Pull } from './asked.ts'
import { digestInRegistry, pullFromRegistry } from './registry.ts'
import { pullFromRepository, type ReadIndex } from './repository.ts'

/** How charts are fetched. */
export type Puller = { readonly outbound: Outbound; readonly readIndex: ReadIndex }

/** Fetches what a version is asked for by. GitAccessError and GitAuthError without secrets. */
export async function pullChart({ outbound, readIndex }: Puller, pull: Pull): Promise<Packed> {
  return await told(pull, async () =>
    isRegistry(pull.ask.url)
      ? await pullFromRegistry(outbound, pull)
      : { body: await pullFromRepository(outbound, readIndex, pull), isChart: true },
  )
}

/** The digest of what the version of an artifact means now; errors as above. */
export async function resolveArtifact({ outbound }: Puller, pull: Pull): Promise<string> {
  return await told(pull, () => digestInRegistry(outbound, pull))
}

async function told<T>(pull: Pull, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw refusal(error instanceof Error ? error.message : String(error), pull)
  }
}

const refused = /answers 40[13]\b/

function refusal(text: string, { ask, access }: Pull): GitAccessError | GitAuthError {
  const { url, chart, version } = ask
  const { credentials } = access
  const shown = secretsOf(credentials).reduce(
    (message, secret) => message.replaceAll(secret, '***'),
    withoutCredentials(text),
  )
  const place = withoutCredentials(url)
  const what = isArtifact(ask) ? `the artifact ${version}` : `the chart ${chart} ${version}`
  return refused.test(shown)
    ? new GitAuthError(
        `the repository ${place} refuses our credentials: ${shown}; ${adviceFor(credentials)}`,
      )
    : new GitAccessError(`${what} cannot be read from ${place}: ${shown}`)
}

function adviceFor(credentials: RepositoryCredentials | undefined): string {
  return credentials === undefined
    ? 'create a Secret with the label argocd.argoproj.io/secret-type: repository, its type and its url'
    : `check the Secret ${credentials.secret}`
}
