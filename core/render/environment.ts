/** What may be written into values and annotations instead of a literal (SRC-13). */
export type BuildEnvironment = {
  /** The instance: with its namespace before it where the Application lives outside of the control namespace. */
  readonly appName: string
  readonly appNamespace: string
  readonly project: string
  readonly revision: string
  readonly path: string
  readonly repoURL: string
  readonly targetRevision: string
  /** Of the destination; known when something is rendered, not yet when it is found out what is read. */
  readonly capabilities?: Capabilities
}

/** What a cluster can do, as charts and plugins are told. */
export type Capabilities = {
  readonly kubeVersion: string
  readonly apiVersions: readonly string[]
}

const revisionNames = [
  'ARGOCD_APP_REVISION',
  'ARGOCD_APP_REVISION_SHORT',
  'ARGOCD_APP_REVISION_SHORT_8',
]

/** Whether the text depends on the commit: then every commit is another input. */
export function usesRevision(text: string): boolean {
  return revisionNames.some((name) => new RegExp(`\\$(${name}\\b|\\{${name}\\})`).test(text))
}

/** The build environment by the names of its variables. */
export function variablesOf(environment: BuildEnvironment): Readonly<Record<string, string>> {
  const { revision, capabilities } = environment
  return {
    ARGOCD_APP_NAME: environment.appName,
    ARGOCD_APP_NAMESPACE: environment.appNamespace,
    ARGOCD_APP_PROJECT_NAME: environment.project,
    ARGOCD_APP_REVISION: revision,
    ARGOCD_APP_REVISION_SHORT: revision.slice(0, 7),
    ARGOCD_APP_REVISION_SHORT_8: revision.slice(0, 8),
    ARGOCD_APP_SOURCE_PATH: environment.path,
    ARGOCD_APP_SOURCE_REPO_URL: environment.repoURL,
    ARGOCD_APP_SOURCE_TARGET_REVISION: environment.targetRevision,
    ...(capabilities !== undefined && {
      KUBE_VERSION: capabilities.kubeVersion,
      KUBE_API_VERSIONS: capabilities.apiVersions.join(','),
    }),
  }
}

/** Replaces `$NAME` and `${NAME}` of the build environment; `$$` is a dollar, unknown names stay. */
export function substitute(text: string, environment: BuildEnvironment): string {
  const values: ReadonlyMap<string, string> = new Map(Object.entries(variablesOf(environment)))
  return text.replaceAll(/\$\$|\$(\w+)|\$\{(\w+)\}/g, (found, plain?: string, braced?: string) =>
    found === '$$' ? '$' : (values.get(plain ?? braced ?? '') ?? found),
  )
}
