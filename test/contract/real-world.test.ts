import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApplicationSource } from '../../core/application.ts'
import { charts, kustomizations, plainFiles } from './real-world-files.ts'
import { type Files, openRenderCases, type RenderCases } from './render-cases.ts'

const run = promisify(execFile)
let cases: RenderCases
let dir = ''
let count = 0

beforeAll(async () => {
  cases = await openRenderCases()
  dir = mkdtempSync(join(tmpdir(), 'driftless-real-world-'))
})
afterAll(() => {
  cases.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Writes the files into a folder of their own. */
function folderOf(files: Files): string {
  const folder = join(dir, `${count++}`)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

async function written(command: string, cwd: string, args: readonly string[]): Promise<string> {
  return (await run(command, [...args], { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout
}

/** The objects of a text as a set, read by the reader behind kubectl, which Jsonnet has too. */
async function objectsOf(...texts: readonly string[]): Promise<readonly string[]> {
  const files = texts.map((text, index) => [`${index}.yaml`, text] as const)
  const folder = folderOf(Object.fromEntries(files))
  const parsed = await Promise.all(
    files.map(async ([name]) => {
      const read = `local all = std.parseYaml(importstr '${name}'); if std.isArray(all) then all else [all]`
      return JSON.parse(await written(cases.paths.jsonnet, folder, ['-e', read])) as unknown[]
    }),
  )
  return setOf(parsed.flat().flatMap(flat))
}

function flat(object: unknown): readonly unknown[] {
  const { kind, items } = (object ?? {}) as { kind?: string; items?: unknown[] }
  if (object === null) return []
  return kind === 'List' && items !== undefined ? items.flatMap(flat) : [object]
}

function setOf(objects: readonly unknown[]): readonly string[] {
  return objects.map((object) => JSON.stringify(sorted(object))).sort()
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]))
}

const rendered = async (files: Files, source: ApplicationSource) =>
  setOf(await cases.render(await cases.repository(files), source, { namespace: 'shop' }))

describe('what users have is rendered as the command line renders it', () => {
  it.each(Object.entries(charts))(
    'a chart with %s',
    async (_, { files, helm = {}, flags = [] }) => {
      const usual = ['template', 'rel', '.', '--namespace=shop', '--kube-version=1.34.0']
      const args = [...usual, ...(helm.skipCrds === true ? [] : ['--include-crds']), ...flags]
      const said = await written(cases.paths.helm, join(folderOf(files), 'chart'), args)
      const expected = await objectsOf(said)
      expect(expected).not.toEqual([])
      expect(await rendered(files, { path: 'chart', helm })).toEqual(expected)
    },
  )

  it.each(Object.entries(kustomizations))('a kustomization with %s', async (_, files) => {
    const said = await written(cases.paths.kustomize, folderOf(files), ['build', 'app'])
    const expected = await objectsOf(said)
    expect(expected).not.toEqual([])
    expect(await rendered(files, { path: 'app' })).toEqual(expected)
  })

  it.each(Object.entries(plainFiles))('a file with %s', async (_, text) => {
    expect(await rendered({ 'app/a.yaml': text }, { path: 'app' })).toEqual(await objectsOf(text))
  })
})
