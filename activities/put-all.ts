import { posix } from 'node:path'
import type { Workspace } from '../clients/tools.ts'
import type { Checkout } from './checkout.ts'

/** Writes the files at and below these paths into the private folder, below `mount`, and gives them by their paths there. */
export async function putAll(
  workspace: Workspace,
  { reader, url, commit }: Checkout,
  paths: readonly string[],
  mount = '',
): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>()
  for (const path of paths) {
    for (const file of await reader.readFiles(url, commit, path)) {
      const place = posix.join(mount, file.path)
      files.set(place, file.body)
      await workspace.put(place, file.body)
    }
  }
  return files
}
