import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import { sha256Hex } from '../core/digest.ts'
import { GitAccessError } from '../core/errors.ts'
import { readYaml } from '../core/render/read-yaml.ts'
import type { RepositoryAccess } from '../core/repository/credentials.ts'
import { readArchive } from './charts/archive.ts'
import { type ChartAsk, isRegistry } from './charts/asked.ts'
import { pullChart } from './charts/pull.ts'
import type { IndexAsk, Published } from './charts/repository.ts'
import { chartTree, type TreeReader } from './charts/tree.ts'
import { createConfined } from './engine/confined.ts'
import type { Outbound } from './outbound.ts'
import type { AccessIndex } from './repository-access.ts'

export type { ChartAsk, TreeReader }

/** A chart that was fetched. */
export type ChartAt = {
  readonly version: string
  /** Of its bytes: a version that is published again is another one. */
  readonly digest: string
  readonly tree: TreeReader
}

/** Charts of chart repositories and registries. Errors are GitAccessError and GitAuthError. */
export type Charts = {
  /**
   * The chart that the version or constraint means, for an Application of this project; undefined:
   * for somebody who has no credentials. What is known and was looked for at `since` (epoch ms) or
   * later is taken as it is, an exact version always.
   */
  find(ask: ChartAsk, project: string | undefined, since?: number): Promise<ChartAt>
}

export type ChartsOptions = {
  readonly dir: string
  readonly outbound: Outbound
  readonly access: Pick<AccessIndex, 'synced' | 'of'>
  readonly now: () => number
}

type Look = { readonly startedAt: number; readonly found: Promise<ChartAt> }

const exactForm = /^v?\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/
const keptFiles = 300
const indexLimitMs = 30_000
const indexHeapMb = 512
/** No project has such a name: what everybody's credentials open is not for who has none. */
const nobody = '-'

/** Keeps packed charts below `dir`; nothing in it is needed again. */
export function createCharts({ dir, outbound, access, now }: ChartsOptions): Charts {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const looks = new LRUCache<string, Look>({ max: 5_000 })
  const index = createConfined<IndexAsk, readonly Published[]>({
    ...{ program: 'index-thread', limitMs: indexLimitMs, heapMb: indexHeapMb },
  })
  const unpacked = new LRUCache<string, ChartAt>({ max: 100 })

  const opened = async (body: Buffer, name: string): Promise<ChartAt> => {
    const digest = createHash('sha256').update(body).digest('hex')
    const known = unpacked.get(digest)
    if (known !== undefined) return known
    const files = await readArchive(body, name)
    const version = versionIn(files.get('Chart.yaml')?.toString('utf8') ?? '', name)
    const chart = { version, digest, tree: chartTree(digest, files) }
    unpacked.set(digest, chart)
    return chart
  }
  const accessOf = (url: string, project: string | undefined): RepositoryAccess => {
    const { credentials, ...others } = access.of(url, project ?? '', typeOf(url))
    return project === undefined || credentials === undefined ? others : { ...others, credentials }
  }
  const look = async (
    ask: ChartAsk,
    project: string | undefined,
    owner: string,
  ): Promise<ChartAt> => {
    const body = await pullChart(
      { outbound, readIndex: index.ask },
      // what nobody permitted is only looked for on the internet
      {
        ask,
        access: accessOf(ask.url, project),
        reach: project === undefined ? 'public' : 'declared',
      },
    )
    const chart = await opened(body, nameOf(ask))
    await keep(dir, fileOf({ ...ask, version: chart.version }, owner), body)
    return chart
  }
  return {
    async find(ask, project, since = 0) {
      await access.synced
      const owner =
        project === undefined ? nobody : (accessOf(ask.url, project).credentials?.project ?? '')
      if (exactForm.test(ask.version)) {
        const body = await readFile(join(dir, fileOf(ask, owner))).catch(() => undefined)
        if (body !== undefined) return await opened(body, nameOf(ask))
      }
      const name = fileOf(ask, owner)
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

function typeOf(url: string): 'oci' | 'helm' {
  return isRegistry(url) ? 'oci' : 'helm'
}

function nameOf({ chart, url, version }: ChartAsk): string {
  return `the chart ${chart || url} ${version}`
}

/** What one project alone may read is kept apart. */
function fileOf({ url, chart, version }: ChartAsk, owner: string): string {
  return `${sha256Hex([owner, url, chart, version.replace(/^v/, '')].join('\n')).slice(0, 40)}.tgz`
}

function versionIn(chart: string, name: string): string {
  const { version } = chart === '' ? {} : readYaml(chart, `${name}: Chart.yaml`)
  if (typeof version === 'string' && version !== '') return version
  throw new GitAccessError(`${name} has no version in its Chart.yaml`)
}

async function keep(dir: string, name: string, body: Buffer): Promise<void> {
  const half = join(dir, `${name}.${process.pid}.half`)
  await writeFile(half, body, { mode: 0o600 })
  await rename(half, join(dir, name))
  const files = (await readdir(dir)).filter((file) => file.endsWith('.tgz'))
  if (files.length <= keptFiles) return
  const aged = await Promise.all(
    files.map(async (file) => ({ file, at: (await stat(join(dir, file))).mtimeMs })),
  )
  const old = aged.sort((a, b) => a.at - b.at).slice(0, files.length - keptFiles)
  await Promise.all(old.map(({ file }) => rm(join(dir, file), { force: true })))
}
