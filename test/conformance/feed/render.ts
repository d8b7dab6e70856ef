import { posix } from 'node:path'
import type { ApplicationSource } from '../../../core/application.ts'
import { wildcardAt } from '../../../core/glob.ts'
import type { Manifest } from '../../../core/manifest/manifest.ts'
import { parseManifests } from '../../../core/manifest/yaml.ts'
import { lenderOf } from '../../../core/render/helm.ts'
import { type Answer, type Feed, feed, filesAreAway } from '../corpus.ts'
import type { RenderAsk, Renderer } from '../renderer.ts'
import type { Scratch } from '../scratch.ts'
import { helmCommand } from './helm-command.ts'

type Expected = {
  readonly error?: boolean
  readonly source_type?: string
  readonly count?: number
  readonly names?: readonly string[]
  readonly ids?: readonly string[]
  readonly objects?: readonly Manifest[]
  readonly yaml?: string
  readonly stdout?: string
  /** Bytes that all files may have together. */
  readonly limit?: number
}
type Folder = {
  readonly dir: string
  readonly tool?: string
  readonly directory?: ApplicationSource['directory']
  readonly helm?: ApplicationSource['helm']
  readonly kustomize?: ApplicationSource['kustomize']
  readonly reference_command?: string | null
  readonly expected: Expected
}
type Files = {
  readonly files: Readonly<Record<string, string>>
  readonly target: string
  readonly expected: Expected
}
type Command = { readonly cwd: string; readonly command: string; readonly expected: Expected }

export type RenderWorld = {
  readonly renderer: Renderer
  readonly scratch: Scratch
  /** The folder of this machine that a row names. */
  readonly find: (path: string) => string | undefined
}

/** A folder of a checkout, as its files say that it is rendered or by the options of the row. */
export function folder({ renderer, scratch, find }: RenderWorld): Feed {
  return feed<Folder>(async (row) => {
    const { dir, directory, helm, kustomize, expected } = row
    const place = find(dir)
    if (place === undefined) return filesAreAway
    const { url, path } = await scratch.ofFolder(place)
    const source = { path, ...withTool(row.tool, directory), ...{ helm, kustomize } }
    const known = /--kube-version (\S+)/.exec(row.reference_command ?? '')?.[1]
    const version = known === undefined ? {} : { kubeVersion: known }
    const settings = { 'reposerver.max.combined.directory.manifests.size': `${expected.limit}` }
    const limited = expected.limit === undefined ? {} : { settings }
    return await judged(renderer, { url, source, ...version, ...limited }, expected)
  })
}

/** Jsonnet and plain files are one tool here; the others are told by their files. */
function withTool(tool: string | undefined, directory: Folder['directory']) {
  if (directory !== undefined && Object.keys(directory).length > 0) return { directory }
  return tool === 'directory' || tool === 'jsonnet' ? { directory: { recurse: false } } : {}
}

/** Files of the row, rendered by kustomize. */
export function kustomization({ renderer, scratch }: RenderWorld): Feed {
  return feed<Files>(async ({ files, target, expected }) => {
    const url = await scratch.ofFiles(files)
    // an option that changes nothing: the tool is chosen, whatever the folder holds
    const source = { path: target, kustomize: { forceCommonLabels: false } }
    return await judged(renderer, { url, source }, expected)
  })
}

/** A command line of helm, as far as an Application can say the same. */
export function helmGolden({ renderer, scratch, find }: RenderWorld): Feed {
  return feed<Command>(async ({ cwd, command, expected }) => {
    const asked = helmCommand(command)
    if (asked === undefined) return undefined
    const place = find(posix.join(cwd, asked.chart))
    if (place === undefined) return filesAreAway
    const { url, path } = await scratch.ofFolder(place)
    const { helm, name, namespace } = asked
    return await judged(renderer, { url, source: { path, helm }, name, namespace }, expected)
  })
}

async function judged(renderer: Renderer, ask: RenderAsk, expected: Expected): Promise<Answer> {
  const { error, source_type: tool } = expected
  if (tool !== undefined) return { expected: tool, got: await renderer.toolOf(ask) }
  if (error !== true) {
    const objects = await renderer.render(ask)
    return { expected: wantedOf(expected), got: only(expected, objects) }
  }
  const got = await renderer.render(ask).then(
    (objects) => ({ objects: objects.map(idOf) }),
    () => ({ error: true }),
  )
  return { expected: { error: true }, got }
}

function wantedOf({ count, names, ids, objects, yaml, stdout }: Expected) {
  const text = yaml ?? stdout
  return {
    ...{ count, names: names?.toSorted(), ids: ids?.toSorted() },
    objects: objects && sorted(objects),
    rendered: text === undefined ? undefined : sorted(objectsIn(text)),
  }
}

/** What the row asks for, of what was rendered. */
function only(expected: Expected, found: readonly Manifest[]): ReturnType<typeof wantedOf> {
  const { count, names, ids, objects, yaml, stdout } = expected
  return {
    count: count === undefined ? undefined : found.length,
    names: names && found.map(({ metadata }) => metadata.name ?? '').sort(),
    ids: ids && found.map(idOf).sort(),
    objects: objects && sorted(found),
    rendered: (yaml ?? stdout) === undefined ? undefined : sorted(found),
  }
}

function objectsIn(text: string): readonly Manifest[] {
  return parseManifests(text, 'expected').map(({ manifest }) => manifest)
}

/** Order is not part of what is declared; the text is what travels to the cluster. */
function sorted(objects: readonly Manifest[]): readonly unknown[] {
  return objects
    .map((object) => [idOf(object), JSON.parse(JSON.stringify(object))] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

function idOf({ apiVersion, kind, metadata }: Manifest): string {
  return `${apiVersion}/${kind}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`
}

type ValueFile = {
  readonly test: string
  readonly input: {
    readonly path?: string
    readonly rawValueFile?: string
    readonly refSources?: Readonly<Record<string, unknown>>
  }
  readonly expected: { readonly expected: unknown }
}

/** How the name of a value file is read. */
export const valueFiles = feed<ValueFile>(({ test, input, expected: { expected } }) => {
  const { path, rawValueFile: file, refSources = {} } = input
  if (test === 'Test_isGlobPath' && path !== undefined) {
    return { expected, got: wildcardAt(path) >= 0 }
  }
  if (test !== 'Test_getReferencedSource' || file === undefined) return undefined
  return { expected, got: refSources[`$${lenderOf(file)}`] ?? null }
})
