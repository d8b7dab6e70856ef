import { LRUCache } from 'lru-cache'
import type { Plugins } from '../clients/plugins.ts'
import type { Tools } from '../clients/tools.ts'
import type { ApplicationSource } from '../core/application.ts'
import { RenderError } from '../core/errors.ts'
import { pathMatch } from '../core/glob.ts'
import type { Discovery, Plugin } from '../core/render/plugin.ts'
import type { Checkout } from './checkout.ts'
import { putAll } from './put-all.ts'

export type PluginClients = { readonly plugins: Plugins; readonly tools: Tools }

// by what decides it: the same plugin says the same of the same files
const verdicts = new LRUCache<string, boolean>({ max: 20_000 })

/**
 * The plugin that the source names, or else the first one that takes the folder (DIR-07, DIR-10);
 * undefined when the source asks for none and none takes it.
 */
export async function pluginFor(
  { plugins, tools }: PluginClients,
  checkout: Checkout,
  folder: string,
  { plugin: asked }: ApplicationSource,
): Promise<Plugin | undefined> {
  const all = await plugins.all()
  const wanted = asked?.name ?? ''
  const takes = (plugin: Plugin) => isTaken(tools, checkout, folder, plugin)
  if (wanted !== '') {
    const named = all.find(({ name }) => name === wanted)
    if (named === undefined) throw unknown(wanted, all)
    // as in Argo CD a name does not overrule the plugin's own choice
    if (named.discover === undefined || (await takes(named))) return named
    throw new RenderError(`the plugin ${wanted} does not take the folder ${folder}`)
  }
  for (const plugin of all) if (await takes(plugin)) return plugin
  if (asked === undefined) return undefined
  throw new RenderError(
    `no plugin takes the folder ${folder}; name one in spec.source.plugin.name (${namesOf(all)})`,
  )
}

function unknown(wanted: string, all: readonly Plugin[]): RenderError {
  return new RenderError(
    `spec.source.plugin.name: there is no plugin ${wanted} here (${namesOf(all)}); the operator declares plugins in the folder DRIFTLESS_PLUGINS`,
  )
}

function namesOf(plugins: readonly Plugin[]): string {
  return plugins.length === 0
    ? 'there are none'
    : `there is ${plugins.map(({ name }) => name).join(', ')}`
}

async function isTaken(
  tools: Tools,
  checkout: Checkout,
  folder: string,
  plugin: Plugin,
): Promise<boolean> {
  const { discover } = plugin
  if (discover === undefined) return false
  const { reader, url, commit } = checkout
  // a command may look at everything, a glob only at the folder
  const root = 'command' in discover ? '.' : folder
  const id = (await reader.objectAt(url, commit, root))?.id
  const name = JSON.stringify([id, folder, plugin])
  const known = verdicts.get(name)
  if (known !== undefined) return known
  const verdict = await discovered(tools, checkout, folder, { plugin, discover })
  if (id !== undefined) verdicts.set(name, verdict)
  return verdict
}

/** A command that fails on a folder of no concern must not fail its application. */
function unlessRefused(error: unknown): string {
  if (error instanceof RenderError) return ''
  throw error
}

async function discovered(
  tools: Tools,
  checkout: Checkout,
  folder: string,
  { plugin, discover }: { readonly plugin: Plugin; readonly discover: Discovery },
): Promise<boolean> {
  if ('command' in discover) {
    return await tools.workspace(async (workspace) => {
      await putAll(workspace, checkout, ['.'])
      const said = workspace.plugin(folder, plugin, discover.command, {})
      return (await said.catch(unlessRefused)).trim() !== ''
    })
  }
  const { reader, url, commit } = checkout
  const files = await reader.readTree(url, commit, folder, { recurse: true })
  return files.some(({ path }) => pathMatch(discover.glob, path))
}
