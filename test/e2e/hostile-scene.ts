import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { ApplicationStatus } from '../../core/status/status.ts'
import { type Endpoints, endpointsFile } from '../../deploy/local/endpoints.ts'
import { whenApplication } from '../harness/application.ts'
import { openRenderScene, type RenderScene } from './render-scene.ts'

/** A scene for attacks, and what shows that one got through. */
export type HostileScene = RenderScene & {
  /** A file that every attack tries to make. */
  readonly marker: string
  wasAttacked(): boolean
  /** Pushes files and links (path → target) in one commit. */
  pushLinks(
    files: Readonly<Record<string, string>>,
    links: Readonly<Record<string, string>>,
  ): Promise<string>
  /** Deploys, and gives the status as soon as it is known how it ends. */
  attack(name: string, source: object): Promise<ApplicationStatus | undefined>
  /** The process ids of the worker, the router and the API. */
  pids(): readonly (number | undefined)[]
}

// renders wait for each other, and what is ended by a limit takes its time
const patienceMs = 60_000

/** Whether it is known how the Application ends. */
export function isDecided(status: ApplicationStatus): boolean {
  const isOver = status.operationState?.finishedAt !== undefined
  return endOf(status) !== 'harmless' || isOver || status.sync?.status === 'Synced'
}

/** Why it was refused: the cause, or the condition. */
export function endOf(status: ApplicationStatus | undefined): string {
  const { driftless, conditions = [] } = status ?? {}
  return driftless?.failure?.cause ?? conditions[0]?.type ?? 'harmless'
}

/** Opens the scene on the shared stack. */
export async function openHostileScene(namespace: string): Promise<HostileScene> {
  const scene = await openRenderScene(inject('endpoints'), namespace)
  const folder = mkdtempSync(join(tmpdir(), 'driftless-marker-'))
  const marker = join(folder, 'marker')
  return {
    ...scene,
    ...{ marker, wasAttacked: () => existsSync(marker) },
    async pushLinks(files, links) {
      const { repository } = scene
      const targets = Object.entries(links).map(([path, to], at) => ({ path, to, kept: `t/${at}` }))
      const held = targets.map(({ kept, to }) => [kept, to] as const)
      await repository.commit({ ...files, ...Object.fromEntries(held) })
      for (const { path, kept } of targets) {
        const blob = await repository.git('rev-parse', `HEAD:${kept}`)
        await repository.git('update-index', '--add', '--cacheinfo', `120000,${blob},${path}`)
      }
      await repository.git('commit', '--quiet', '--message', 'links')
      const head = await repository.forcePush('HEAD')
      await scene.announce()
      return head
    },
    async attack(name, source) {
      await scene.deploy(name, source)
      return (await whenApplication(scene.kube, name, isDecided, patienceMs)).status
    },
    pids: () => {
      const text = readFileSync(endpointsFile(inject('stackDir')), 'utf8')
      const { pids } = JSON.parse(text) as Endpoints
      return [pids.worker, pids.events, pids.api]
    },
    async close() {
      rmSync(folder, { recursive: true, force: true })
      await scene.close()
    },
  }
}
