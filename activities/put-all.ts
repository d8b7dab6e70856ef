import type { Workspace } from '../clients/tools.ts'
import type { Checkout } from './checkout.ts'

/** Writes the files at and below these paths into the private folder, and gives them by their paths. */
export async function putAll(
  workspace: Workspace,
  { reader, url, commit }: Checkout,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>()
  for (const path of paths) {
    for (const file of await reader.readFiles(url, commit, path)) {
      files.set(file.path, file.body)
      await workspace.put(file.path, file.body)
    }
  }
  return files
}
