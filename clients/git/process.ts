import { simpleGit } from 'simple-git'
import { GitAccessError, GitAuthError } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/git-url.ts'
import { secretsOf } from '../../core/repository/credentials.ts'
import type { Outbound } from '../outbound.ts'
import { type GitAccess, withAccess } from './access.ts'
import type { GitRemote } from './remote.ts'

export type GitProcessOptions = {
  /** `file:` repositories are only for a local stack and tests. */
  readonly allowFile: boolean
  /** Says where servers are; git looks no name up. */
  readonly outbound: Outbound
}

const silenceLimitMs = 120_000

// the only variable of ours that git needs; cli/config.ts reads the settings, this is none
// biome-ignore lint/style/noProcessEnv: see the line above
const pathVariable = process.env.PATH ?? '/usr/bin:/bin'

/** The environment of every git process: no prompts, no configuration of the machine, no hooks, fixed language. */
export function gitEnvironment(
  { allowFile }: Pick<GitProcessOptions, 'allowFile'>,
  access: GitAccess = { settings: [], variables: {} },
): Record<string, string> {
  const settings: readonly (readonly [string, string])[] = [
    ['core.hooksPath', '/dev/null'],
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '30'],
    // credentials are for the address that was given (REPO-11)
    ['http.followRedirects', 'false'],
    ...access.settings,
  ]
  return {
    PATH: pathVariable,
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ALLOW_PROTOCOL: `https:http:ssh${allowFile ? ':file' : ''}`,
    ...access.variables,
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  }
}

/**
 * Runs one git command in a folder; its errors never show credentials. The command has to print
 * something: simple-git waits another 50 ms after one that was silent.
 */
export async function runGit(
  dir: string,
  args: readonly string[],
  options: GitProcessOptions,
  remote?: GitRemote,
): Promise<string> {
  try {
    return await withAccess(remote, options.outbound, (access) =>
      spawned(dir, args, gitEnvironment(options, access)),
    )
  } catch (error) {
    if (error instanceof GitAccessError) throw error
    throw gitError(error instanceof Error ? error.message : String(error), remote)
  }
}

async function spawned(
  dir: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<string> {
  const git = simpleGit({
    baseDir: dir,
    timeout: { block: silenceLimitMs },
    // what simple-git guards against in the environment is what we set there ourselves
    allowEnvironment: Object.keys(env),
    unsafe: {
      allowUnsafeConfigEnvCount: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeHooksPath: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeSshCommand: true,
    },
  }).env(env)
  return await git.raw([...args])
}

const refusals =
  /authentication failed|could not read username|could not read password|permission denied \(|error: 40[13]|terminal prompts disabled|invalid credentials/i
const unknownServer =
  /host key verification failed|no .* host key is known|server certificate verification failed|certificate problem|unable to get local issuer/i

/** What git said, as an error of ours: who it was that refused, and never with credentials. */
function gitError(text: string, remote: GitRemote | undefined): GitAccessError | GitAuthError {
  const clean = secretsOf(remote?.access?.credentials).reduce(
    (shown, secret) => shown.replaceAll(secret, '***'),
    withoutCredentials(text),
  )
  const said = clean
    .split('\n')
    .filter((line) => /^(fatal|error|remote|ssh):|permission denied|host key/i.test(line.trim()))
  const message = (said.length > 0 ? said : [clean.trim()]).slice(-3).join(' ').slice(0, 500)
  const place = remote === undefined ? 'the repository' : `the repository ${remote.url}`
  if (unknownServer.test(message)) {
    return new GitAuthError(
      `${place} is on a server that is not known: ${message}; add its key to the ConfigMap argocd-ssh-known-hosts-cm, or its certificate to argocd-tls-certs-cm`,
    )
  }
  return refusals.test(message)
    ? new GitAuthError(`${place} refuses our credentials: ${message}; ${adviceFor(remote)}`)
    : new GitAccessError(`the repository cannot be read: ${message}`)
}

function adviceFor(remote: GitRemote | undefined): string {
  const { secret = '', unbuilt = [] } = remote?.access?.credentials ?? {}
  if (secret === '') {
    return 'check its address, or create a Secret with the label argocd.argoproj.io/secret-type: repository and its url'
  }
  const ignored = unbuilt.length === 0 ? '' : ` (${unbuilt.join(', ')} in it cannot be used yet)`
  return `check the Secret ${secret}${ignored}`
}
