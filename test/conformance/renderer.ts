import { join } from 'node:path'
import { inputsOf } from '../../activities/inputs.ts'
import { renderSource } from '../../activities/render.ts'
import { sourcesAt } from '../../activities/sources.ts'
import { createCharts } from '../../clients/charts.ts'
import { createGit } from '../../clients/git.ts'
import { createOutbound } from '../../clients/outbound.ts'
import { createPlugins } from '../../clients/plugins.ts'
import { createRemoteFiles } from '../../clients/remote-files.ts'
import { createTools, type ToolPaths } from '../../clients/tools.ts'
import {
  type Application,
  type ApplicationSource,
  type GitSource,
  readApplication,
} from '../../core/application.ts'
import { InvalidSpecError } from '../../core/errors.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'

export type RenderAsk = {
  readonly url: string
  readonly source: ApplicationSource
  readonly name?: string
  readonly namespace?: string
  readonly kubeVersion?: string
  readonly apiVersions?: readonly string[]
  /** What the operator says. */
  readonly settings?: Readonly<Record<string, string>>
}
/** Renders as a worker does, up to the point where the cluster is asked. */
export type Renderer = {
  /** Which tool renders the source. */
  toolOf(ask: RenderAsk): Promise<string>
  render(ask: RenderAsk): Promise<readonly Manifest[]>
  /** Identity of all that the sources read, as their repositories are now. */
  inputsOf(sources: readonly GitSource[], name: string): Promise<string>
  close(): void
}

// what charts are told where the row names nothing else
const usualVersion = '1.34.0'

/**
 * The renderers of the product on mirrors below `dir`, without a cluster and without credentials,
 * with the plugins of a folder.
 */
export function createRenderer(dir: string, paths: ToolPaths, pluginFolder?: string): Renderer {
  const access = { synced: Promise.resolve(), of: () => ({}) }
  const outbound = createOutbound({ allowLoopback: false })
  const how = { allowFile: true, submodules: true, outbound, access }
  const git = createGit({ dir: join(dir, 'mirrors'), ...how })
  const charts = createCharts({
    ...{ dir: join(dir, 'charts'), outbound, access, now: () => 0 },
    setting: () => undefined,
  })
  const tools = createTools(paths)
  const plugins = createPlugins(pluginFolder, () => undefined)
  // no row has a chart whose dependencies are to be fetched
  const applications = { project: () => undefined, namespace: 'argocd' }
  const remoteFiles = createRemoteFiles(outbound)
  const clientsWith = (settings: RenderAsk['settings'] = {}) => {
    const setting = (key: string) => settings[key]
    return { applications, git, charts, tools, plugins, setting, remoteFiles }
  }
  const sourceOf = async ({ url, source, settings, name = 'rel', namespace = 'ns' }: RenderAsk) => {
    await git.fetch({ url })
    const current = stored(name, namespace, { source: { ...source, repoURL: url } })
    const clients = clientsWith(settings)
    const [at] = await sourcesAt(clients, current)
    if (at === undefined) throw new InvalidSpecError('the row has no source')
    return { clients, current, at }
  }
  return {
    toolOf: async (ask) => (await sourceOf(ask)).at.reads?.tool ?? '',
    async render(ask) {
      const { clients, current, at } = await sourceOf(ask)
      const { kubeVersion = usualVersion, apiVersions = [] } = ask
      const cluster = { capabilities: async () => ({ kubeVersion, apiVersions }) }
      const parsed = await renderSource(clients, current, cluster, at)
      return parsed.map(({ manifest }) => manifest)
    },
    async inputsOf(sources, name) {
      for (const { repoURL: url } of sources) await git.fetch({ url })
      return (await inputsOf(clientsWith(), stored(name, 'ns', { sources }))).inputs
    },
    close: git.close,
  }
}

function stored(
  name: string,
  namespace: string,
  from: Pick<Application['spec'], 'source' | 'sources'>,
) {
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd', uid: name },
    spec: { project: 'default', ...from, destination: { name: 'in-cluster', namespace } },
  }
  const read = readApplication(object)
  if (read.problems.length > 0) throw new InvalidSpecError(read.problems.join('; '))
  const ref = { namespace: 'argocd', name, uid: name }
  return { ...read, object, ref, label: '', specDigest: '', observed: '' }
}
