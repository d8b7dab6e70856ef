import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { LRUCache } from 'lru-cache'
import { GitAccessError } from '../core/errors.ts'
import { readYaml } from '../core/render/read-yaml.ts'
import type { Setting } from '../core/render/tool-settings.ts'
import type { RepositoryAccess } from '../core/repository/credentials.ts'
import { readArchive } from './charts/archive.ts'
import {
  type ChartAsk,
  isArtifact,
  isDigest,
  isRegistry,
  type Packed,
  type Pull,
} from './charts/asked.ts'
import { pullChart, resolveArtifact } from './charts/pull.ts'
import type { IndexAsk, Published } from './charts/repository.ts'
import { createPackedStore } from './charts/store.ts'
import { chartTree, type TreeReader } from './charts/tree.ts'
import { createConfined } from './engine/confined.ts'
import type { Outbound } from './outbound.ts'
import type { AccessIndex } from './repository-access.ts'

export type { ChartAsk, TreeReader }

/** A chart or another artifact that was fetched. */
export type ChartAt = {
  /** Of an artifact the digest of its manifest. */
  readonly version: string
  /** Of its bytes: a version that is published again is another one. */
  readonly digest: string
  readonly tree: TreeReader
}

/** Charts of chart repositories and registries. Errors are GitAccessError and GitAuthError. */
export type Charts = {
  /**
   * The chart or artifact that the version or constraint means, for an Application of this project; undefined:
   * for somebody who has no credentials. What is known and was looked for at `since` (epoch ms) or
   * later is taken as it is, an exact version always; the tags of artifacts are none.
   */
  find(ask: ChartAsk, project: string | undefined, since?: number): Promise<ChartAt>
}

export type ChartsOptions = {
  readonly dir: string
  readonly outbound: Outbound
  readonly access: Pick<AccessIndex, 'synced' | 'of'>
  readonly setting: Setting
  readonly now: () => number
}

type Look = { readonly startedAt: number; readonly found: Promise<ChartAt> }

const exactForm = /^v?\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/
const usualLayerTypes =
  'application/vnd.oci.image.layer.v1.tar,application/vnd.oci.image.layer.v1.tar+gzip,application/vnd.cncf.helm.chart.content.v1.tar+gzip'
const indexLimitMs = 30_000
const indexHeapMb = 512
/** No project has such a name: what everybody's credentials open is not for who has none. */
const nobody = '-'

/** Keeps packed charts and artifacts below `dir`; nothing in it is needed again. */
export function createCharts({ dir, outbound, access, setting, now }: ChartsOptions): Charts {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const store = createPackedStore(dir)
  const looks = new LRUCache<string, Look>({ max: 5_000 })
  const index = createConfined<IndexAsk, readonly Published[]>({
    ...{ program: 'index-thread', limitMs: indexLimitMs, heapMb: indexHeapMb },
  })
  const puller = { outbound, readIndex: index.ask }
  const opened = createOpener()
  const accessOf = (url: string, project: string | undefined): RepositoryAccess => {
    const { credentials, ...others } = access.of(url, project ?? '', typeOf(url))
    return project === undefined || credentials === undefined ? others : { ...others, credentials }
  }
  const ownerOf = (url: string, project: string | undefined): string =>
    project === undefined ? nobody : (accessOf(url, project).credentials?.project ?? '')
  const kept = async (ask: ChartAsk, owner: string): Promise<ChartAt | undefined> => {
    const packed = isExact(ask) ? await store.read(ask, owner) : undefined
    return packed && (await opened(packed, ask))
  }
  const look = async (
    ask: ChartAsk,
    project: string | undefined,
    owner: string,
  ): Promise<ChartAt> => {
    const pull: Pull = {
      ...{ ask, access: accessOf(ask.url, project), layerTypes: layerTypes(setting) },
      // what nobody permitted is only looked for on the internet
      reach: project === undefined ? 'public' : 'declared',
    }
    if (isArtifact(ask) && !isDigest(ask.version)) {
      const exact = { ...ask, version: await resolveArtifact(puller, pull) }
      return (await kept(exact, owner)) ?? (await look(exact, project, owner))
    }
    const packed = await pullChart(puller, pull)
    const chart = await opened(packed, ask)
    await store.keep({ ...ask, version: chart.version }, owner, packed)
    return chart
  }
  return {
    async find(ask, project, since = 0) {
      await access.synced
      const owner = ownerOf(ask.url, project)
      const known = await kept(ask, owner)
      if (known !== undefined) return known
      const name = JSON.stringify([owner, ask.url, ask.chart, ask.version])
      const before = looks.get(name)
      // one that begins in a time to come was made before a clock was set back
      const isEnough =
        before !== undefined && before.startedAt >= since && before.startedAt <= now()
      if (isEnough) return await before.found
      const found = look(ask, project, owner)
      const mine: Look = { startedAt: now(), found }
      looks.set(name, mine)
      // a failure is not remembered: whoever asks next looks again
      found.catch(() => {
        if (looks.get(name) === mine) looks.delete(name)
      })
      return await found
    },
  }
}

/** Unpacks what was fetched, the same bytes once. */
function createOpener() {
  const unpacked = new LRUCache<string, ChartAt>({ max: 100 })
  return async (packed: Packed, ask: ChartAsk): Promise<ChartAt> => {
    const digest = createHash('sha256').update(packed.body).digest('hex')
    const id = isArtifact(ask) ? `${digest} ${ask.version}` : digest
    const known = unpacked.get(id)
    if (known !== undefined) return known
    const name = nameOf(ask)
    const files = await readArchive(packed, name)
    const version = isArtifact(ask)
      ? ask.version
      : versionIn(files.get('Chart.yaml')?.toString('utf8') ?? '', name)
    const chart = { version, digest, tree: chartTree(digest, files) }
    unpacked.set(id, chart)
    return chart
  }
}

/** Whether the version means the same for ever; the tags of artifacts are moved. */
function isExact(ask: ChartAsk): boolean {
  return isArtifact(ask) ? isDigest(ask.version) : exactForm.test(ask.version)
}

function layerTypes(setting: Setting): readonly string[] {
  const given = setting('reposerver.oci.layer.media.types') ?? usualLayerTypes
  return given.split(',').map((type) => type.trim())
}

function typeOf(url: string): 'oci' | 'helm' {
  return isRegistry(url) ? 'oci' : 'helm'
}

function nameOf(ask: ChartAsk): string {
  const { chart, url, version } = ask
  return isArtifact(ask) ? `the artifact ${url} ${version}` : `the chart ${chart || url} ${version}`
}

function versionIn(chart: string, name: string): string {
  const { version } = chart === '' ? {} : readYaml(chart, `${name}: Chart.yaml`)
  if (typeof version === 'string' && version !== '') return version
  throw new GitAccessError(`${name} has no version in its Chart.yaml`)
}
