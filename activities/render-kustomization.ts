import { posix } from 'node:path'
import type { Workspace } from '../clients/tools.ts'
import type { ApplicationSource } from '../core/application.ts'
import { type BuildEnvironment, substitute } from '../core/render/environment.ts'
import { withFolders, withOptions } from '../core/render/kustomization.ts'
import { readKustomization } from '../core/render/kustomization-references.ts'
import { boundedJson } from '../core/render/read-yaml.ts'
import { kustomizationIn } from '../core/render/tool.ts'
import type { MountedBase } from './kustomize-reads.ts'
import { putAll } from './put-all.ts'
import type { SourceReads } from './source-reads.ts'

type Kustomize = {
  readonly source: ApplicationSource
  readonly folder: string
  readonly environment: BuildEnvironment
  /** Everything of its repository that the source reads, by its path. */
  readonly files: ReadonlyMap<string, Buffer>
  readonly reads: SourceReads
}

/** Builds a kustomization with the options of its source, and with folders in place of addresses. */
export async function renderKustomization(
  workspace: Workspace,
  { source, folder, environment, files: own, reads }: Kustomize,
): Promise<string> {
  const { kustomize: options } = source
  const files = await mounted(workspace, own, reads.bases)
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
  return await workspace.kustomize(folder, options?.version ?? '', reads.buildOptions)
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

/** Writes the folders of other repositories too, and leads the kustomizations that name them there. */
async function mounted(
  workspace: Workspace,
  own: ReadonlyMap<string, Buffer>,
  bases: readonly MountedBase[],
): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map(own)
  for (const { checkout, paths, mount } of bases) {
    const written = await putAll(workspace, checkout, paths, mount)
    for (const [path, body] of written) files.set(path, body)
  }
  for (const [file, named] of Map.groupBy(bases, ({ namedBy }) => namedBy)) {
    const from = posix.dirname(file)
    const folders = new Map(
      named.map(({ reference, mount, path }) => [
        reference,
        posix.relative(from, posix.join(mount, path)),
      ]),
    )
    const text = files.get(file)?.toString('utf8') ?? ''
    const led = boundedJson(withFolders(readKustomization(text, file), folders), file)
    files.set(file, Buffer.from(led))
    await workspace.put(file, led)
  }
  return files
}
