import { posix } from 'node:path'
import type { Tools } from '../clients/tools.ts'
import type { GitSource } from '../core/application.ts'
import { RenderError } from '../core/errors.ts'
import { globMatch } from '../core/glob.ts'
import { type ParsedManifest, parseManifests } from '../core/manifest/yaml.ts'
import type { BuildEnvironment } from '../core/render/environment.ts'
import type { Plugin } from '../core/render/plugin.ts'
import { pluginEnvironment } from '../core/render/plugin-environment.ts'
import { checkParameters } from '../core/render/plugin-parameters.ts'
import { withoutValues } from '../core/render/without-values.ts'
import type { Checkout } from './checkout.ts'
import { putAll } from './put-all.ts'

export type PluginRender = {
  readonly plugin: Plugin
  /** What of the repository it is shown. */
  readonly paths: readonly string[]
  /** What of that it is not shown, as globs. */
  readonly leftOut: readonly string[]
  readonly source: GitSource
  readonly checkout: Checkout
  readonly environment: BuildEnvironment
}

/** Runs `init` and then `generate` of a plugin in a private copy of the repository (DIR-10, DIR-11). */
export async function renderWithPlugin(
  tools: Tools,
  { plugin, paths, leftOut, source, checkout, environment }: PluginRender,
): Promise<readonly ParsedManifest[]> {
  const { plugin: options = {} } = source
  checkParameters(plugin.parameters ?? [], options.parameters ?? [], plugin.name)
  const variables = pluginEnvironment(options, environment)
  const folder = posix.normalize(source.path ?? '.').replace(/\/$/, '')
  try {
    return await tools.workspace(async (workspace) => {
      await putAll(workspace, checkout, paths, {
        keepModes: plugin.keepsModes === true,
        isLeftOut: (path) => leftOut.some((glob) => globMatch(glob, path, '/')),
      })
      const run = (line: readonly string[]) => workspace.plugin(folder, plugin, line, variables)
      if (plugin.init !== undefined) await run(plugin.init)
      return parseManifests(await run(plugin.generate), `plugin ${plugin.name} of ${folder}`)
    })
  } catch (error) {
    if (!(error instanceof RenderError)) throw error
    throw new RenderError(withoutValues(error.message, source))
  }
}
