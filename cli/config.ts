import { existsSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import type { ToolPaths } from '../clients/tools.ts'
import { InvalidSpecError } from '../core/errors.ts'
import { type ClientSettings, clientSettings } from './client/settings.ts'

/** All settings of the processes; docs/operations.md repeats this table. */
const Settings = z.object({
  KAFKA_BROKERS: z.string().min(1, 'give host:port of one or more brokers, separated by commas'),
  TEMPORAL_ADDRESS: z.string().min(1, 'give host:port of the Temporal frontend'),
  TEMPORAL_NAMESPACE: z.string().default('driftless'),
  KUBECONFIG: z.string().optional(),
  DRIFTLESS_HELM: z.string().default('helm'),
  DRIFTLESS_KUSTOMIZE: z.string().default('kustomize'),
  DRIFTLESS_KUSTOMIZE_VERSIONS: z
    .string()
    .regex(/^([\w.+-]+=[^,=]+(,|$))*$/, 'give version=path, separated by commas')
    .default(''),
  DRIFTLESS_JSONNET: z.string().default('jsonnet'),
  DRIFTLESS_RENDERER: z.string().default('driftless-renderer'),
  DRIFTLESS_PLUGINS: z.string().optional(),
  DRIFTLESS_GIT_SUBMODULES: z.stringbool().default(true),
  DRIFTLESS_NAMESPACE: z.string().default('argocd'),
  DRIFTLESS_APPLICATION_NAMESPACES: z.string().default(''),
  DRIFTLESS_HOST: z.string().default('127.0.0.1'),
  DRIFTLESS_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  DRIFTLESS_DATA: z.string().default(join(homedir(), '.driftless')),
  DRIFTLESS_NETWORK_ALLOW: z.string().default(''),
  DRIFTLESS_POLL_SECONDS: z.coerce.number().min(0).default(180),
  // timers hold no more than 24 days
  DRIFTLESS_SCAN_SECONDS: z.coerce.number().min(0).max(1_000_000).default(86_400),
  DRIFTLESS_WEBHOOK_GITHUB_SECRET: z.string().optional(),
  SLACK_BOT_TOKEN: z.string().optional(),
  SLACK_CHANNEL: z.string().optional(),
  SLACK_API_URL: z.url().optional(),
  DRIFTLESS_METRICS_PUBLIC: z.stringbool().default(false),
  DRIFTLESS_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})

export type Config = {
  readonly brokers: readonly string[]
  readonly temporalAddress: string
  readonly temporalNamespace: string
  /** Path; undefined means the pod's own service account. */
  readonly kubeconfig: string | undefined
  readonly namespace: string
  /** Globs of further namespaces in which Applications live. */
  readonly applicationNamespaces: readonly string[]
  readonly host: string
  readonly port: number
  /** Folder for caches; nothing in it is needed again. */
  readonly data: string
  readonly allowLoopback: boolean
  /** Programs: absolute paths, or names that are looked up on PATH. */
  readonly tools: ToolPaths
  /** Whether submodules of repositories are read. */
  readonly submodules: boolean
  /** Folder of the operator's plugins; undefined: there are none. */
  readonly plugins: string | undefined
  /** Zero switches polling off. */
  readonly pollMs: number
  /** How often a cluster is searched for what nobody knows of; zero switches it off. */
  readonly scanMs: number
  readonly githubSecret: string | undefined
  /** Undefined: nobody is told. */
  readonly slack: SlackSettings | undefined
  /** Whether /metrics answers without a token. */
  readonly publicMetrics: boolean
  readonly logLevel: string
  /** Name of this process towards Kafka and Temporal. */
  readonly identity: string
}

type SlackSettings = {
  readonly token: string
  readonly channel: string
  /** A server in place of slack.com. */
  readonly url?: string
}

/** Reads the settings from the environment; all problems are reported at once. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const result = Settings.safeParse(env)
  if (!result.success) {
    const problems = result.error.issues.map(
      ({ path, message }) => `  ${path.join('.')}: ${message}`,
    )
    throw new InvalidSpecError(`the environment is not complete:\n${problems.join('\n')}`)
  }
  const settings = result.data
  return {
    brokers: settings.KAFKA_BROKERS.split(','),
    temporalAddress: settings.TEMPORAL_ADDRESS,
    temporalNamespace: settings.TEMPORAL_NAMESPACE,
    kubeconfig: settings.KUBECONFIG,
    namespace: settings.DRIFTLESS_NAMESPACE,
    applicationNamespaces: settings.DRIFTLESS_APPLICATION_NAMESPACES.split(',')
      .map((glob) => glob.trim())
      .filter((glob) => glob !== ''),
    host: settings.DRIFTLESS_HOST,
    port: settings.DRIFTLESS_PORT,
    data: settings.DRIFTLESS_DATA,
    allowLoopback: settings.DRIFTLESS_NETWORK_ALLOW.split(',').includes('loopback'),
    tools: {
      helm: programPath(settings.DRIFTLESS_HELM, env.PATH),
      kustomize: programPath(settings.DRIFTLESS_KUSTOMIZE, env.PATH),
      versions: programsByVersion(settings.DRIFTLESS_KUSTOMIZE_VERSIONS, env.PATH),
      jsonnet: programPath(settings.DRIFTLESS_JSONNET, env.PATH),
      renderer: programThere(settings.DRIFTLESS_RENDERER, env.PATH),
      search: env.PATH ?? '',
    },
    submodules: settings.DRIFTLESS_GIT_SUBMODULES,
    plugins: settings.DRIFTLESS_PLUGINS,
    pollMs: settings.DRIFTLESS_POLL_SECONDS * 1000,
    scanMs: settings.DRIFTLESS_SCAN_SECONDS * 1000,
    githubSecret: settings.DRIFTLESS_WEBHOOK_GITHUB_SECRET,
    slack: slackSettings(settings),
    publicMetrics: settings.DRIFTLESS_METRICS_PUBLIC,
    logLevel: settings.DRIFTLESS_LOG_LEVEL,
    identity: `${hostname()}-${process.pid}`,
  }
}

function slackSettings({
  SLACK_BOT_TOKEN: token,
  SLACK_CHANNEL: channel,
  SLACK_API_URL: url,
}: z.infer<typeof Settings>): SlackSettings | undefined {
  if (!token && !channel) return undefined
  if (token && channel) return { token, channel, ...(url !== undefined && { url }) }
  throw new InvalidSpecError(
    'the environment is not complete:\n  SLACK_BOT_TOKEN, SLACK_CHANNEL: set both, the token of the app and the id of the channel, or neither',
  )
}

/** The settings of the commands that talk to a server. */
export function readClientSettings(env: NodeJS.ProcessEnv = process.env): ClientSettings {
  return clientSettings(env)
}

function programsByVersion(text: string, path: string | undefined): ReadonlyMap<string, string> {
  const entries = text.split(',').filter((entry) => entry !== '')
  return new Map(
    entries.map((entry) => {
      const [version = '', program = ''] = entry.split('=')
      return [version, programPath(program, path)] as const
    }),
  )
}

/** The tools run with an empty PATH, so they are looked up here. */
function programPath(name: string, path = ''): string {
  if (isAbsolute(name)) return name
  return programThere(name, path) ?? name
}

function programThere(name: string, path = ''): string | undefined {
  const places = isAbsolute(name)
    ? [name]
    : path.split(delimiter).map((folder) => join(folder, name))
  return places.find(existsSync)
}
