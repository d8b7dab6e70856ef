import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { RenderError } from '../core/errors.ts'
import type { Plugin } from '../core/render/plugin.ts'
import { createPluginRunner, type RunPlugin } from './tools/plugin-run.ts'
import { runTool } from './tools/run.ts'

/** A private folder with the files that a renderer may read; it is gone afterwards, also on failure. */
export type Workspace = {
  /** Writes a file of the repository, at its path there. */
  put(path: string, body: Buffer | string): Promise<void>
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
  /** The PATH on which plugins find their programs. */
  readonly search: string
}

// what the programs may use of memory before they collect harder
const memoryLimit = '512MiB'
const deadProxy = 'http://127.0.0.1:1'

export function createTools(paths: ToolPaths): Tools {
  const runPlugin = createPluginRunner()
  return {
    async workspace(work) {
      // mkdtemp makes it for us alone (0700)
      const root = await mkdtemp(join(tmpdir(), 'driftless-render-'))
      try {
        return await work(workspaceIn(root, paths, runPlugin))
      } finally {
        await rm(root, { recursive: true, force: true })
      }
    },
  }
}

function workspaceIn(
  root: string,
  { helm, kustomize, versions, jsonnet, search }: ToolPaths,
  runPlugin: RunPlugin,
): Workspace {
  const tree = join(root, 'tree')
  const inside = (path: string): string => {
    const full = join(tree, path)
    if (isAbsolute(path) || (full !== tree && !full.startsWith(`${tree}/`))) {
      throw new RenderError(`the path ${path} leaves the repository`)
    }
    return full
  }
  // nothing of ours: no credentials, no plugins, and no programs that could be started
  const env = {
    PATH: '',
    HOME: join(root, 'home'),
    TMPDIR: root,
    // nobody listens there: what gets past our checks reaches no network
    HTTP_PROXY: deadProxy,
    HTTPS_PROXY: deadProxy,
    GOMEMLIMIT: memoryLimit,
    HELM_CACHE_HOME: join(root, 'home', 'cache'),
    HELM_CONFIG_HOME: join(root, 'home', 'config'),
    HELM_DATA_HOME: join(root, 'home', 'data'),
    HELM_PLUGINS: join(root, 'home', 'plugins'),
  }
  return {
    async put(path, body) {
      const file = inside(path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, body)
    },
    async keep(name, body) {
      const file = join(root, name)
      await writeFile(file, body, { mode: 0o600 })
      return file
    },
    helm: (folder, args) =>
      runTool({ command: helm, name: 'helm', args, cwd: inside(folder), env }),
    async kustomize(folder, version, options) {
      const command = version === '' ? kustomize : versions.get(version)
      if (command === undefined) throw unknownVersion(version, versions)
      const args = ['build', '.', ...options]
      return await runTool({ command, name: 'kustomize', args, cwd: inside(folder), env })
    },
    jsonnet: (file, libraries, args) =>
      runTool({
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
      return await runPlugin({ plugin, line, cwd, env: { ...base, ...variables, PATH: search } })
    },
  }
}

function unknownVersion(version: string, known: ReadonlyMap<string, string>): RenderError {
  const there = [...known.keys()].join(', ') || 'none'
  return new RenderError(
    `spec.source.kustomize.version: ${version} is not here (there is: ${there}); leave it out, or let the operator add it to DRIFTLESS_KUSTOMIZE_VERSIONS`,
  )
}
