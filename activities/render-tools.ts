import { posix } from 'node:path'
import type { RemoteFiles } from '../clients/remote-files.ts'
import type { Workspace } from '../clients/tools.ts'
import type { ApplicationSource, GitSource } from '../core/application.ts'
import { RenderError } from '../core/errors.ts'
import { type ParsedManifest, parseManifests } from '../core/manifest/yaml.ts'
import { type BuildEnvironment, substitute } from '../core/render/environment.ts'
import { helmArguments, inlineValuesOf } from '../core/render/helm.ts'
import { readHelmOutput } from '../core/render/helm-output.ts'
import { withoutValues } from '../core/render/without-values.ts'
import type { LocalChart } from './chart-dependencies.ts'
import type { Checkout } from './checkout.ts'
import type { ActivityClients } from './clients.ts'
import type { ValueFile } from './helm-reads.ts'
import { putAll, putChart } from './put-all.ts'
import { renderKustomization } from './render-kustomization.ts'
import type { SourceReads } from './source-reads.ts'

export type ToolClients = Pick<ActivityClients, 'tools' | 'remoteFiles'>

export type ToolRender = {
  readonly source: GitSource
  readonly checkout: Checkout
  /** The name of the Application, by which Helm calls what it renders (HELM-08). */
  readonly release: string
  readonly reads: SourceReads
  readonly environment: BuildEnvironment
}

/**
 * Renders with Helm or Kustomize in a private folder that holds only what the source reads. What a
 * tool says of an error is told without the values that it was given.
 */
export async function renderWithTool(
  clients: ToolClients,
  render: ToolRender,
): Promise<readonly ParsedManifest[]> {
  try {
    return await inWorkspace(clients, render)
  } catch (error) {
    if (!(error instanceof RenderError)) throw error
    const said = withNamesOfFiles(error.message, render.reads)
    throw new RenderError(withoutValues(said, render.source))
  }
}

const inlineValues = 'values.yaml'
const valuesName = (index: number) => `values-${index}.yaml`

/** Helm knows the value files by the names of our copies; people know them by their own. */
function withNamesOfFiles(message: string, { valueFiles }: SourceReads): string {
  const named = valueFiles.reduce<string>((text, file, index) => {
    const name = 'address' in file ? file.address : file.path
    return text.replaceAll(new RegExp(`/?\\b${valuesName(index)}`, 'g'), () => name)
  }, message)
  return named.replaceAll(/(failed to parse )\/values\.yaml/g, '$1spec.source.helm.values')
}

async function inWorkspace(
  { tools, remoteFiles }: ToolClients,
  { source, checkout, release, reads, environment }: ToolRender,
): Promise<readonly ParsedManifest[]> {
  return await tools.workspace(async (workspace) => {
    const files = await putAll(workspace, checkout, reads.paths)
    const folder = posix.normalize(source.path ?? '.').replace(/\/$/, '')
    if (reads.tool === 'Helm') {
      const asked = { source, folder, reads, environment, release, remoteFiles }
      return readHelmOutput(await helm(workspace, asked), folder)
    }
    const asked = { source, folder, environment, files, reads, remoteFiles }
    return parseManifests(await renderKustomization(workspace, asked), `kustomize of ${folder}`)
  })
}

type Helm = {
  readonly source: ApplicationSource
  readonly folder: string
  readonly reads: SourceReads
  readonly environment: BuildEnvironment
  readonly release: string
  readonly remoteFiles: RemoteFiles
}

async function helm(
  workspace: Workspace,
  { source, folder, reads, environment, release, remoteFiles }: Helm,
): Promise<string> {
  const { helm: options = {} } = source
  const values = inlineValuesOf(options)
  const keep = async (name: string, file: ValueFile) =>
    workspace.keep(name, await bodyOf(file, remoteFiles))
  for (const chart of reads.charts) await makeWhole(workspace, chart)
  const parameters = options.parameters?.map((parameter) => ({
    ...parameter,
    ...(parameter.value !== undefined && { value: substitute(parameter.value, environment) }),
  }))
  const args = helmArguments(
    { ...options, ...(parameters !== undefined && { parameters }) },
    {
      application: release,
      namespace: environment.appNamespace,
      ...{ kubeVersion: undefined, apiVersions: [], ...environment.capabilities },
      // names of files come from the repository: Helm is given ours
      valueFiles: await Promise.all(
        reads.valueFiles.map((file, index) => keep(valuesName(index), file)),
      ),
      parameterFiles: await Promise.all(
        reads.parameterFiles.map((file, index) => keep(`parameter-${index}`, file)),
      ),
      inlineValues: values === undefined ? undefined : await workspace.keep(inlineValues, values),
    },
  )
  return await workspace.helm(folder, args)
}

/** Puts what a chart needs into its folder `charts`, in place of `helm dependency build`, which has network. */
async function makeWhole(workspace: Workspace, { folder, packed, fetched }: LocalChart) {
  for (const { name, chart } of fetched) {
    await putChart(
      workspace,
      posix.join(folder, 'charts', `${name}-${chart.digest.slice(0, 12)}`),
      chart,
    )
  }
  for (const needed of packed) {
    const place = `./${posix.relative(folder, needed)}`
    await workspace.helm(folder, ['package', place, '--destination=charts'])
  }
}

async function bodyOf(file: ValueFile, remoteFiles: RemoteFiles): Promise<Buffer> {
  if ('address' in file) return await remoteFiles.values(file.address)
  const { reader, url, commit } = file.checkout
  const [found] = await reader.readFiles(url, commit, file.path)
  return found?.body ?? Buffer.alloc(0)
}
