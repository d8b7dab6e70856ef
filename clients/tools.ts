import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { RenderError } from '../core/errors.ts'
import type { Plugin } from '../core/render/plugin.ts'
import { createRenderer } from './renderer/renderer.ts'
import { toolEnvironment } from './tools/environment.ts'
import { createPluginRunner, type RunPlugin } from './tools/plugin-run.ts'
import { type RunTool, runTool } from './tools/run.ts'

/** A private folder with the files that a renderer may read; it is gone afterwards, also on failure. */
export type Workspace = {
  /** Writes a file of the repository, at its path there; a program may be run. */
  put(path: string, body: Buffer | string, isProgram?: boolean): Promise<void>
  /** Writes a file beside the repository and gives its absolute path. */
  keep(name: string, body: Buffer | string): Promise<string>
  /** `helm` in a folder of the repository; gives what it wrote. */
  helm(folder: string, args: readonly string[]): Promise<string>
  /** `kustomize build` of a folder of the repository, by this version of it when one is named (KUST-10). */
  kustomize(folder: string, version: string, options: readonly string[]): Promise<string>
  /** `jsonnet` for one file of the repository, with folders of it in which imports are looked for. */
  jsonnet(file: string, libraries: readonly string[], args: readonly string[]): Promise<string>
  /** A command of a plugin in a folder of the repository, with these variables. */
  plugin(
    folder: string,
    plugin: Plugin,
    line: readonly string[],
    variables: Readonly<Record<string, string>>,
  ): Promise<string>
}

/** The renderers that are programs of their own. Errors are RenderError. */
export type Tools = {
  workspace<T>(work: (workspace: Workspace) => Promise<T>): Promise<T>
}

export type ToolPaths = {
  readonly helm: string
  readonly kustomize: string
  /** Other versions of kustomize by what Applications call them (KUST-10). */
  readonly versions: ReadonlyMap<string, string>
  readonly jsonnet: string
  /** Renders for helm and kustomize in a process that stays; undefined where it is not installed. */
  readonly renderer: string | undefined
  /** The PATH on which plugins find their programs. */
  readonly search: string
}

export function createTools(paths: ToolPaths): Tools {
  const runners = {
    plugin: createPluginRunner(),
    tool: paths.renderer === undefined ? runTool : createRenderer(paths.renderer, runTool),
  }
  return {
    async workspace(work) {
      // mkdtemp makes it for us alone (0700)
      const root = await mkdtemp(join(tmpdir(), 'driftless-render-'))
      try {
        return await work(workspaceIn(root, paths, runners))
      } finally {
        await rm(root, { recursive: true, force: true })
      }
    },
  }
}

type Runners = { readonly plugin: RunPlugin; readonly tool: RunTool }

function workspaceIn(
  root: string,
  { helm, kustomize, versions, jsonnet, search }: ToolPaths,
  run: Runners,
): Workspace {
  const tree = join(root, 'tree')
  const inside = (path: string): string => {
    const full = join(tree, path)
    if (isAbsolute(path) || (full !== tree && !full.startsWith(`${tree}/`))) {
      throw new RenderError(`the path ${path} leaves the repository`)
    }
    return full
  }
  const env = toolEnvironment(root)
  return {
    async put(path, body, isProgram = false) {
      const file = inside(path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, body, { mode: isProgram ? 0o755 : 0o644 })
    },
    async keep(name, body) {
      const file = join(root, name)
      await writeFile(file, body, { mode: 0o600 })
      return file
    },
    helm: (folder, args) =>
      run.tool({ command: helm, name: 'helm', args, cwd: inside(folder), env }),
    async kustomize(folder, version, options) {
      const command = version === '' ? kustomize : versions.get(version)
      if (command === undefined) throw unknownVersion(version, versions)
      const inflating = options.includes('--enable-helm') ? [`--helm-command=${helm}`] : []
      const args = ['build', '.', ...options, ...inflating]
      return await run.tool({ command, name: 'kustomize', args, cwd: inside(folder), env })
    },
    jsonnet: (file, libraries, args) =>
      run.tool({
        command: jsonnet,
        name: 'jsonnet',
        args: [
          ...libraries.flatMap((folder) => ['--jpath', inside(folder)]),
          ...[...args, '--', inside(file)],
        ],
        cwd: tree,
        env,
      }),
    async plugin(folder, plugin, line, variables) {
      const cwd = inside(folder)
      await Promise.all([cwd, env.HOME].map((path) => mkdir(path, { recursive: true })))
      const { HTTP_PROXY: _, HTTPS_PROXY: __, ...open } = env
      const base = plugin.mayUseNetwork ? open : env
      return await run.plugin({ plugin, line, cwd, env: { ...base, ...variables, PATH: search } })
    },
  }
}

function unknownVersion(version: string, known: ReadonlyMap<string, string>): RenderError {
  const there = [...known.keys()].join(', ') || 'none'
  return new RenderError(
    `spec.source.kustomize.version: ${version} is not here (there is: ${there}); leave it out, or let the operator add it to DRIFTLESS_KUSTOMIZE_VERSIONS`,
  )
}
