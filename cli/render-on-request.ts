import type { Rendered } from '../api/clients.ts'
import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import type { ClusterIndex } from '../clients/clusters.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import type { KubeTransport } from '../clients/kube/transport.ts'
import { type Application, hasSources, isChart, projectOf, sourcesOf } from '../core/application.ts'
import type { Customizations } from '../core/customization.ts'
import { statusOf } from '../core/status/status.ts'
import type { Config } from './config.ts'
import { gitOptions } from './git-options.ts'

type Options = {
  readonly config: Config
  readonly applications: ApplicationIndex
  readonly clusters: ClusterIndex
  readonly clusterOf: (application: Application) => Cluster | undefined
  readonly transport: KubeTransport
  readonly customizations: () => Customizations
  readonly setting: (key: string) => string | undefined
  readonly onError: (error: unknown) => void
}

/**
 * Renders an application for somebody who looks at it. What the worker compared is taken from the
 * artifact cache where both share one; else it is rendered here, from mirrors of our own.
 */
export function createRenderOnRequest(options: Options) {
  let renderer: Promise<Renderer> | undefined
  // Git and the renderers are loaded when somebody asks for the first time
  const loaded = async (): Promise<Renderer> => {
    renderer ??= loadRenderer(options)
    return await renderer
  }
  return {
    async rendered(stored: StoredApplication, revision?: string): Promise<Rendered> {
      const { compared, render } = await loaded()
      const known = revision === undefined ? await compared(stored) : undefined
      return known ?? (await render(stored, revision))
    },
    async reach(stored: StoredApplication): Promise<void> {
      const { reach } = await loaded()
      await reach(stored)
    },
  }
}

type Renderer = Awaited<ReturnType<typeof loadRenderer>>

async function loadRenderer(options: Options) {
  const { config, applications, clusters, clusterOf, customizations, setting, transport, onError } =
    options
  const [
    { createArtifacts },
    { createGit },
    { createCharts },
    { createAccessIndex },
    { createPlugins },
    { createRemoteFiles },
    { installKey },
    { createTools },
    activities,
  ] = await Promise.all([
    import('../clients/artifacts.ts'),
    import('../clients/git.ts'),
    import('../clients/charts.ts'),
    import('../clients/repository-access.ts'),
    import('../clients/plugins.ts'),
    import('../clients/remote-files.ts'),
    import('../clients/install-key.ts'),
    import('../clients/tools.ts'),
    loadActivities(),
  ])
  const artifacts = createArtifacts({
    dir: `${config.data}/artifacts`,
    key: installKey(config.data),
  })
  // two processes never fetch into one mirror
  const access = createAccessIndex(transport, config.namespace, onError)
  const reading = gitOptions(config)
  const { outbound } = reading
  const git = createGit({ dir: `${config.data}/git-api`, ...reading, access })
  const charts = createCharts({
    ...{ dir: `${config.data}/charts-api`, outbound, access, setting, now: Date.now },
  })
  const repositories = activities.createRepositories(Date.now)
  const tools = createTools(config.tools)
  const plugins = createPlugins(config.plugins, onError)
  const sourceClients = { applications, git, charts, tools, plugins, setting }
  const remoteFiles = createRemoteFiles(outbound)
  const render = activities.createRender({
    ...{ ...sourceClients, artifacts, clusters, clusterOf, customizations, remoteFiles },
  })
  const read = async (digest: string) =>
    (await activities.readRendered(artifacts, digest)).objects.map(({ manifest }) => manifest)
  return {
    async reach({ application }: StoredApplication): Promise<void> {
      const [project, now] = [projectOf(application), Date.now()]
      for (const source of sourcesOf(application)) {
        await activities.refreshSource({ git, charts }, repositories, project, source, now)
      }
    },
    async compared({ object, specDigest }: StoredApplication): Promise<Rendered | undefined> {
      const { sync, driftless } = statusOf(object)
      if (driftless?.rendered === undefined || driftless.specDigest !== specDigest) return undefined
      if ((await artifacts.get(driftless.rendered)) === undefined) return undefined
      return { revision: sync?.revision ?? '', manifests: await read(driftless.rendered) }
    },
    async render(stored: StoredApplication, revision: string | undefined): Promise<Rendered> {
      const wanted = revision === undefined ? stored : atRevision(stored, revision)
      const now = Date.now()
      const own = git.of(projectOf(wanted.application))
      for (const source of sourcesOf(wanted.application)) {
        if (isChart(source)) continue
        const { repoURL, targetRevision = 'HEAD' } = source
        const isPresent = await own.has(repoURL, targetRevision)
        if (!isPresent) await repositories.ensureFresh(own, repoURL, now)
      }
      const { commits, inputs } = await activities.inputsOf(sourceClients, wanted)
      const { ref, specDigest } = stored
      const [commit = ''] = commits
      const revisions = hasSources(wanted.application) ? { revisions: commits } : {}
      const fetched = { revision: commit, ...revisions, inputs, subject: '', author: '' }
      const { digest } = await render({ application: ref, specDigest, fetched })
      return { revision: commit, manifests: await read(digest) }
    },
  }
}

async function loadActivities() {
  const [
    { inputsOf },
    { createRender },
    { readRendered },
    { createRepositories },
    { refreshSource },
  ] = await Promise.all([
    import('../activities/inputs.ts'),
    import('../activities/render.ts'),
    import('../activities/rendered.ts'),
    import('../activities/repositories.ts'),
    import('../activities/sources.ts'),
  ])
  return { inputsOf, createRender, readRendered, createRepositories, refreshSource }
}

function atRevision(stored: StoredApplication, targetRevision: string): StoredApplication {
  const { application } = stored
  const { source: _, sources: __, ...spec } = application.spec
  const [first, ...others] = sourcesOf(application)
  const source = { ...first, targetRevision }
  const declared = hasSources(application) ? { sources: [source, ...others] } : { source }
  return { ...stored, application: { ...application, spec: { ...spec, ...declared } } }
}
