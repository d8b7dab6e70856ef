import { posix } from 'node:path'
import type { RemoteFiles } from '../clients/remote-files.ts'
import type { Workspace } from '../clients/tools.ts'
import type { ApplicationSource } from '../core/application.ts'
import { sha256Hex } from '../core/digest.ts'
import { RenderError } from '../core/errors.ts'
import { type BuildEnvironment, substitute } from '../core/render/environment.ts'
import { toldCapabilities } from '../core/render/helm.ts'
import { withFolders, withOptions } from '../core/render/kustomization.ts'
import { readKustomization } from '../core/render/kustomization-fields.ts'
import { boundedJson } from '../core/render/read-yaml.ts'
import { kustomizationIn } from '../core/render/tool.ts'
import type { RemoteResource } from './kustomize-reads.ts'
import { putAll, putChart } from './put-all.ts'
import type { SourceReads } from './source-reads.ts'

type Kustomize = {
  readonly source: ApplicationSource
  readonly folder: string
  readonly environment: BuildEnvironment
  /** Everything of its repository that the source reads, by its path. */
  readonly files: ReadonlyMap<string, Buffer>
  readonly reads: SourceReads
  readonly remoteFiles: RemoteFiles
}

/** Builds a kustomization with the options of its source, and with folders in place of addresses. */
export async function renderKustomization(
  workspace: Workspace,
  { source, folder, environment, files: own, reads, remoteFiles }: Kustomize,
): Promise<string> {
  const { kustomize: options } = source
  const files = await mounted(workspace, own, reads, remoteFiles)
  const names = [...files.keys()]
  const inFolder = names
    .filter((name) => posix.dirname(name) === folder)
    .map((name) => posix.basename(name))
  const name = kustomizationIn(inFolder)
  if (options !== undefined && name !== undefined) {
    const path = posix.join(folder, name)
    const text = files.get(path)?.toString('utf8') ?? ''
    const isThere = (component: string): boolean => {
      const place = posix.join(folder, component)
      return names.some((file) => file === place || file.startsWith(`${place}/`))
    }
    const edited = withOptions(
      readKustomization(text, path),
      substituted(options, environment),
      isThere,
    )
    await workspace.put(path, boundedJson(edited, path))
  }
  for (const { place, chart } of reads.unpacked) await putChart(workspace, place, chart)
  const args = [...reads.buildOptions, ...chartOptions(reads.buildOptions, options, environment)]
  return await workspace.kustomize(folder, options?.version ?? '', args)
}

/** KUST-11: what charts are told of the cluster, which the source may say otherwise. */
function chartOptions(
  given: readonly string[],
  options: ApplicationSource['kustomize'],
  { capabilities }: BuildEnvironment,
): readonly string[] {
  if (!given.includes('--enable-helm')) return []
  const { kubeVersion, apiVersions } = toldCapabilities(options ?? {}, capabilities)
  return [
    ...(kubeVersion === undefined ? [] : [`--helm-kube-version=${kubeVersion}`]),
    ...apiVersions.map((name) => `--helm-api-versions=${name}`),
  ]
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

/** Writes what lies elsewhere too, and leads the kustomizations that name it there. */
async function mounted(
  workspace: Workspace,
  own: ReadonlyMap<string, Buffer>,
  { bases, remoteResources }: SourceReads,
  remoteFiles: RemoteFiles,
): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map(own)
  for (const { checkout, paths, mount } of bases) {
    const written = await putAll(workspace, checkout, paths, { mount })
    for (const [path, body] of written) files.set(path, body)
  }
  const resources = remoteResources.map((one) => ({ ...one, path: resourcePath(one) }))
  for (const { reference, place, path } of resources) {
    await workspace.put(path, await resourceAt(remoteFiles, reference, place))
  }
  const mounts = bases.map((base) => ({ ...base, path: posix.join(base.mount, base.path) }))
  for (const [file, named] of Map.groupBy([...mounts, ...resources], ({ namedBy }) => namedBy)) {
    const from = posix.dirname(file)
    const folders = new Map(
      named.map(({ reference, path }) => [reference, posix.relative(from, path)]),
    )
    const text = files.get(file)?.toString('utf8') ?? ''
    const led = boundedJson(withFolders(readKustomization(text, file), folders), file)
    files.set(file, Buffer.from(led))
    await workspace.put(file, led)
  }
  return files
}

/** Kustomize reads files only below the kustomization; the name is ours, since theirs may be anything. */
function resourcePath({ reference, namedBy }: RemoteResource): string {
  return posix.join(posix.dirname(namedBy), `.driftless-${sha256Hex(reference).slice(0, 40)}.yaml`)
}

async function resourceAt(files: RemoteFiles, address: string, place: string): Promise<Buffer> {
  try {
    return await files.resource(address)
  } catch (error) {
    if (error instanceof RenderError) throw new RenderError(`${place}: ${error.message}`)
    throw error
  }
}
