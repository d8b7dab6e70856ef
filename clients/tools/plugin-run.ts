import { NetworkError, RenderError } from '../../core/errors.ts'
import type { Plugin } from '../../core/render/plugin.ts'
import { runTool, type ToolRun } from './run.ts'

export type PluginRun = Pick<ToolRun, 'cwd' | 'env'> & {
  readonly plugin: Plugin
  /** The program and its arguments, as the operator wrote them. */
  readonly line: readonly string[]
}

/** Runs a command of a plugin and gives what it wrote. */
export type RunPlugin = (run: PluginRun) => Promise<string>

// what it starts ends with it, and cannot see into our processes
const apart = ['--user', '--map-current-user', '--pid', '--fork', '--kill-child']
const withoutNetwork = [...apart, '--net']

/**
 * Runs plugins in namespaces of their own, without network unless the operator permits it. Where
 * the machine gives none (`unshare` of util-linux), one that may use the network runs without them,
 * any other is refused.
 */
export function createPluginRunner(): RunPlugin {
  let canUnshare: Promise<boolean> | undefined
  return async ({ plugin, line, cwd, env }) => {
    const name = `plugin ${plugin.name}`
    const [command = '', ...args] = line
    canUnshare ??= runTool({
      ...{ command: 'unshare', name: 'unshare', args: [...withoutNetwork, '--', 'true'], cwd, env },
    }).then(() => true, isRefusal)
    if (await canUnshare) {
      const how = plugin.mayUseNetwork ? apart : withoutNetwork
      return await runTool({ command: 'unshare', name, args: [...how, '--', ...line], cwd, env })
    }
    if (plugin.mayUseNetwork) return await runTool({ command, name, args, cwd, env })
    throw new RenderError(
      `${name} cannot be kept from the network on this machine, which gives no namespaces (unshare); permit them to the worker, or permit the network to the plugin`,
    )
  }
}

/** Only what says that there are no namespaces is an answer. */
function isRefusal(error: unknown): false {
  if (error instanceof RenderError || error instanceof NetworkError) return false
  throw error
}
