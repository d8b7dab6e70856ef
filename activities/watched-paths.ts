import { posix } from 'node:path'
import { isMeant, isPattern, patternRoot } from '../core/render/generate-paths.ts'
import type { Checkout } from './checkout.ts'

type Identity = readonly [path: string, id: string | null]

/** What lies at each of these paths, which may be patterns; the same list means the same content (SRC-17). */
export async function identitiesOf(
  checkout: Checkout,
  paths: readonly string[],
): Promise<readonly Identity[]> {
  const lists = await Promise.all(
    paths.map((path) => (isPattern(path) ? matching(checkout, path) : one(checkout, path))),
  )
  return lists.flat()
}

async function one({ reader, url, commit }: Checkout, path: string): Promise<readonly Identity[]> {
  return [[path, (await reader.objectAt(url, commit, path))?.id ?? null]]
}

async function matching(
  { reader, url, commit }: Checkout,
  pattern: string,
): Promise<readonly Identity[]> {
  const root = patternRoot(pattern)
  if ((await reader.objectAt(url, commit, root))?.isFolder !== true) return [[pattern, null]]
  const files = await reader.readTree(url, commit, root, { recurse: true })
  return files.flatMap(({ path, blob }) => {
    const full = posix.join(root, path)
    return isMeant(pattern, full) ? [[full, blob] as const] : []
  })
}
