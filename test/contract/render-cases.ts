import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { ToolPaths } from '../../clients/tools.ts'
import type { ApplicationSource } from '../../core/application.ts'
import { PlatformError } from '../../core/errors.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { providePrograms } from '../../deploy/local/build/programs.ts'
import { readExternal } from '../../deploy/local/external.ts'
import { createRenderer, type RenderAsk } from '../conformance/renderer.ts'
import { createScratch } from '../conformance/scratch.ts'

export type Files = Readonly<Record<string, string>>
type Around = Omit<RenderAsk, 'url' | 'source' | 'settings'>

/** Repositories that a test writes, rendered as a worker does it with the real tools. */
export type RenderCases = {
  readonly paths: ToolPaths
  /** Gives the address of a repository with these files. */
  repository(files: Files): Promise<string>
  /** Commits the files on a new branch. */
  branch(url: string, name: string, files: Files): Promise<void>
  render(url: string, source: ApplicationSource, around?: Around): Promise<readonly Manifest[]>
  /** Why it is not rendered. */
  refusal(url: string, source: ApplicationSource, around?: Around): Promise<string>
  close(): void
}

/** Opens them with what an operator may say in `argocd-cm`, and with plugins by their names. */
export async function openRenderCases(
  settings: Files = {},
  plugins: Readonly<Record<string, object>> = {},
): Promise<RenderCases> {
  const paths = await toolPaths()
  const scratch = createScratch()
  const folder = join(scratch.dir, 'plugins')
  mkdirSync(folder)
  const kind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ConfigManagementPlugin' }
  for (const [name, spec] of Object.entries(plugins)) {
    writeFileSync(
      join(folder, `${name}.yaml`),
      JSON.stringify({ ...kind, metadata: { name }, spec }),
    )
  }
  const renderer = createRenderer(scratch.dir, paths, folder)
  const render: RenderCases['render'] = (url, source, around = {}) =>
    renderer.render({ url, source: { path: '.', ...source }, settings, ...around })
  return {
    paths,
    repository: scratch.ofFiles,
    branch: scratch.change,
    render,
    async refusal(url, source, around) {
      const error = await render(url, source, around).then(
        (objects) => new Error(`it renders ${objects.length} objects`),
        (reason: Error) => reason,
      )
      if (error instanceof PlatformError) return error.message
      throw error
    },
    close() {
      renderer.close()
      scratch.close()
    },
  }
}

/** The cases of one repository, which a file of tests has from its first test to its last. */
export type OneRepository = {
  /** The address of the repository. */
  readonly url: string
  branch(name: string, files: Files): Promise<void>
  render(source: ApplicationSource, around?: Around): Promise<readonly Manifest[]>
  /** Why it is not rendered. */
  refusal(source: ApplicationSource, around?: Around): Promise<string>
}

/** As `openRenderCases`, with a repository of these files; opened and closed with the file of tests. */
export function renderCasesOf(
  files: Files,
  ...settings: Parameters<typeof openRenderCases>
): OneRepository {
  let cases: RenderCases
  let url = ''
  beforeAll(async () => {
    cases = await openRenderCases(...settings)
    url = await cases.repository(files)
  })
  afterAll(() => cases.close())
  return {
    get url() {
      return url
    },
    branch: (name, more) => cases.branch(url, name, more),
    render: (source, around) => cases.render(url, source, around),
    refusal: (source, around) => cases.refusal(url, source, around),
  }
}

/** The renderers of the local stack. */
export async function toolPaths(): Promise<ToolPaths> {
  const programs = await providePrograms(readExternal(), AbortSignal.timeout(600_000))
  const program = (name: string) => programs.command('helm', name)
  return {
    ...{ helm: program('helm'), kustomize: program('kustomize') },
    ...{ renderer: program('driftless-renderer'), jsonnet: programs.command('jsonnet', 'jsonnet') },
    ...{ search: process.env.PATH ?? '', versions: new Map([['v5', program('kustomize')]]) },
  }
}
