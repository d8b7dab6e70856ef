import { simpleGit } from 'simple-git'
import { GitAccessError, GitAuthError } from '../../core/errors.ts'
import { type GitCredentials, type GitRemote, withoutCredentials } from './remote.ts'

export type GitProcessOptions = {
  /** `file:` repositories are only for a local stack and tests. */
  readonly allowFile: boolean
}

const silenceLimitMs = 120_000

// the only variable of ours that git needs; cli/config.ts reads the settings, this is none
// biome-ignore lint/style/noProcessEnv: see the line above
const pathVariable = process.env.PATH ?? '/usr/bin:/bin'

/** The environment of every git process: no prompts, no configuration of the machine, no hooks, fixed language. */
export function gitEnvironment(
  { allowFile }: GitProcessOptions,
  remote?: GitRemote,
): Record<string, string> {
  const settings: readonly (readonly [string, string])[] = [
    ['core.hooksPath', '/dev/null'],
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '30'],
    ...(remote?.credentials === undefined
      ? []
      : [credentialsHeader(remote.url, remote.credentials)]),
  ]
  return {
    PATH: pathVariable,
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ALLOW_PROTOCOL: `https:http:ssh${allowFile ? ':file' : ''}`,
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=10',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  }
}

/** Sent to this server only: neither on a command line nor on a disk, nor after a redirect elsewhere. */
function credentialsHeader(
  url: string,
  { username, password }: GitCredentials,
): readonly [string, string] {
  const basic = Buffer.from(`${username}:${password}`).toString('base64')
  return [`http.${new URL(url).origin}/.extraHeader`, `Authorization: Basic ${basic}`]
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
  const env = gitEnvironment(options, remote)
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
  try {
    return await git.raw([...args])
  } catch (error) {
    throw gitError(error instanceof Error ? error.message : String(error))
  }
}

const refusals =
  /authentication failed|could not read username|could not read password|permission denied \(|error: 40[13]|terminal prompts disabled|invalid credentials/i

/** What git said, as an error of ours: who it was that refused, and never with credentials. */
function gitError(text: string): GitAccessError | GitAuthError {
  const said = withoutCredentials(text)
    .split('\n')
    .filter((line) => /^(fatal|error|remote|ssh):|permission denied/i.test(line.trim()))
  const message = (said.length > 0 ? said : [withoutCredentials(text).trim()])
    .slice(-3)
    .join(' ')
    .slice(0, 500)
  return refusals.test(message)
    ? new GitAuthError(
        `the repository refuses our credentials: ${message}; check the repository Secret`,
      )
    : new GitAccessError(`the repository cannot be read: ${message}`)
}
