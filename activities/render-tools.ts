import { posix } from 'node:path'
import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import type { Tools, Workspace } from '../clients/tools.ts'
import { type ApplicationSource, gitSourceOf, projectOf } from '../core/application.ts'
import { type ParsedManifest, parseManifests } from '../core/manifest/yaml.ts'
import { type BuildEnvironment, substitute } from '../core/render/environment.ts'
import { helmArguments, inlineValuesOf } from '../core/render/helm.ts'
import { withOptions } from '../core/render/kustomization.ts'
import { readYaml } from '../core/render/read-yaml.ts'
import { kustomizationIn } from '../core/render/tool.ts'
import type { Checkout, SourceReads } from './source-reads.ts'

export type ToolRender = {
  readonly checkout: Checkout
  readonly current: StoredApplication
  readonly reads: SourceReads
  readonly cluster: Cluster
}

/** Renders with Helm or Kustomize in a private folder that holds only what the source reads. */
export async function renderWithTool(
  tools: Tools,
  { checkout, current, reads, cluster }: ToolRender,
): Promise<readonly ParsedManifest[]> {
  const source = gitSourceOf(current.application)
  const environment = environmentOf(current, checkout.commit)
  return await tools.workspace(async (workspace) => {
    const { git, url, commit } = checkout
    const names = new Set<string>()
    for (const path of reads.paths) {
      for (const file of await git.readFiles(url, commit, path)) {
        names.add(file.path)
        await workspace.put(file.path, file.body)
      }
    }
    const folder = posix.normalize(source.path ?? '.').replace(/\/$/, '')
    const text =
      reads.tool === 'Helm'
        ? await helm(workspace, { source, folder, reads, cluster, environment, current })
        : await kustomize(workspace, { source, folder, names, environment, checkout })
    return parseManifests(text, `${reads.tool.toLowerCase()} of ${folder}`)
  })
}

type Helm = {
  readonly source: ApplicationSource
  readonly folder: string
  readonly reads: SourceReads
  readonly cluster: Cluster
  readonly environment: BuildEnvironment
  readonly current: StoredApplication
}

async function helm(
  workspace: Workspace,
  { source, folder, reads, cluster, environment, current }: Helm,
): Promise<string> {
  const { helm: options = {} } = source
  const values = inlineValuesOf(options)
  const inlineValues =
    values === undefined
      ? undefined
      : await workspace.keep('values.yaml', substitute(values, environment))
  // charts of the same repository are packed into charts/ as Helm wants to have them
  if (reads.paths.some((path, index) => index > 0 && !reads.valueFiles.includes(path))) {
    await workspace.helm(folder, ['dependency', 'build', '.'])
  }
  const { kubeVersion, apiVersions } = await cluster.capabilities()
  const parameters = options.parameters?.map((parameter) => ({
    ...parameter,
    ...(parameter.value !== undefined && { value: substitute(parameter.value, environment) }),
  }))
  const args = helmArguments(
    { ...options, ...(parameters !== undefined && { parameters }) },
    {
      application: current.ref.name,
      namespace: current.application.spec.destination.namespace ?? '',
      kubeVersion,
      apiVersions,
      valueFiles: reads.valueFiles.map((path) => posix.relative(folder, path)),
      inlineValues,
    },
  )
  return await workspace.helm(folder, args)
}

type Kustomize = {
  readonly source: ApplicationSource
  readonly folder: string
  readonly names: ReadonlySet<string>
  readonly environment: BuildEnvironment
  readonly checkout: Checkout
}

async function kustomize(
  workspace: Workspace,
  { source, folder, names, environment, checkout }: Kustomize,
): Promise<string> {
  const { kustomize: options } = source
  const inFolder = [...names]
    .filter((name) => posix.dirname(name) === folder)
    .map((name) => posix.basename(name))
  const name = kustomizationIn(inFolder)
  if (options !== undefined && name !== undefined) {
    const path = posix.join(folder, name)
    const { git, url, commit } = checkout
    const at = await git.objectAt(url, commit, path)
    const text = at === undefined ? '' : ((await git.readBlobs(url, [at.id])).get(at.id) ?? '')
    const isThere = (component: string): boolean => {
      const place = posix.join(folder, component)
      return [...names].some((file) => file === place || file.startsWith(`${place}/`))
    }
    const edited = withOptions(readYaml(text, path), substituted(options, environment), isThere)
    await workspace.put(path, JSON.stringify(edited))
  }
  return await workspace.kustomize(folder)
}

/** KUST-06: only where the flag asks for it. */
function substituted(
  options: NonNullable<ApplicationSource['kustomize']>,
  environment: BuildEnvironment,
) {
  const { commonAnnotations, commonAnnotationsEnvsubst } = options
  if (commonAnnotations === undefined || commonAnnotationsEnvsubst !== true) return options
  const entries = Object.entries(commonAnnotations).map(
    ([name, value]) => [name, substitute(value, environment)] as const,
  )
  return { ...options, commonAnnotations: Object.fromEntries(entries) }
}

function environmentOf(
  { application, ref }: StoredApplication,
  revision: string,
): BuildEnvironment {
  const source = gitSourceOf(application)
  return {
    appName: ref.name,
    appNamespace: application.spec.destination.namespace ?? '',
    project: projectOf(application),
    revision,
    path: source.path ?? '.',
    repoURL: source.repoURL,
    targetRevision: source.targetRevision ?? 'HEAD',
  }
}
