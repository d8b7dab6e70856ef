import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the environment says about the server to talk to; read in cli/config.ts only. */
export type ClientSettings = {
  readonly server: string | undefined
  readonly token: string | undefined
  /** Where sessions are kept. */
  readonly configFile: string
  readonly insecure: boolean
  /** For the commands that work past the API. */
  readonly kubeconfig: string | undefined
  readonly namespace: string
  readonly temporalAddress: string | undefined
  readonly temporalNamespace: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** Both our names and those of Argo CD's command; ours are stronger. */
export function clientSettings(env: Environment): ClientSettings {
  const config = env.XDG_CONFIG_HOME ?? join(homedir(), '.config')
  return {
    server: env.DRIFTLESS_SERVER || env.ARGOCD_SERVER || undefined,
    token: env.DRIFTLESS_AUTH_TOKEN || env.ARGOCD_AUTH_TOKEN || undefined,
    configFile: env.DRIFTLESS_CONFIG || join(config, 'driftless', 'config'),
    insecure: env.DRIFTLESS_INSECURE === 'true',
    kubeconfig: env.KUBECONFIG || undefined,
    namespace: env.DRIFTLESS_NAMESPACE || 'argocd',
    temporalAddress: env.TEMPORAL_ADDRESS || undefined,
    temporalNamespace: env.TEMPORAL_NAMESPACE || 'driftless',
  }
}
