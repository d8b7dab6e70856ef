import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Recipe } from './recipes.ts'

/** The folder that all checkouts of this user share. */
function cacheRoot(): string {
  const base = process.env.XDG_CACHE_HOME
  const root = join(
    base === undefined || base === '' ? join(homedir(), '.cache') : base,
    'driftless',
  )
  mkdirSync(root, { recursive: true, mode: 0o700 })
  return root
}

/** The sources of a part: its go.mod and go.sum with programs of our own, or its pom.xml. */
export function sourcesOf({ name }: Recipe): string {
  return fileURLToPath(new URL(`../stack/${name}/`, import.meta.url))
}

const isSource = /(^|\/)(go\.mod|go\.sum|pom\.xml)$|\.go$/

/** Where the finished build lies: a folder that exists is whole, because it is renamed into place. */
export function builtAt(recipe: Recipe): string {
  const hash = createHash('sha256')
  const sources = sourcesOf(recipe)
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' }).sort()) {
    if (isSource.test(file)) hash.update(file).update(readFileSync(join(sources, file)))
  }
  const { packages, ldflags } = recipe
  hash.update(JSON.stringify({ packages, ldflags, platform: process.platform, arch: process.arch }))
  return join(cacheRoot(), `${recipe.name}-${hash.digest('hex').slice(0, 16)}`)
}

/** Removes what killed builds of this part left. Only for who holds its lock. */
export function removeHalfMade(target: string): void {
  const root = cacheRoot()
  for (const entry of readdirSync(root)) {
    const path = join(root, entry)
    if (path.startsWith(`${target}.tmp-`)) rmSync(path, { recursive: true, force: true })
  }
}
