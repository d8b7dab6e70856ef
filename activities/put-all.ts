import { posix } from 'node:path'
import type { ChartAt } from '../clients/charts.ts'
import type { Workspace } from '../clients/tools.ts'
import type { Checkout } from './checkout.ts'

export type PutOptions = {
  /** Where the repository lies in the private folder. */
  readonly mount?: string
  /** Programs of the repository may be run. */
  readonly keepModes?: boolean
  /** Leaves files out, by their paths in the repository. */
  readonly isLeftOut?: (path: string) => boolean
}

/** Writes the files at and below these paths into the private folder, and gives them by their paths there. */
export async function putAll(
  workspace: Workspace,
  { reader, url, commit }: Checkout,
  paths: readonly string[],
  { mount = '', keepModes = false, isLeftOut = () => false }: PutOptions = {},
): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>()
  for (const path of paths) {
    for (const file of await reader.readFiles(url, commit, path)) {
      if (isLeftOut(file.path)) continue
      const place = posix.join(mount, file.path)
      files.set(place, file.body)
      await workspace.put(place, file.body, keepModes && file.isExecutable === true)
    }
  }
  return files
}

/** Writes a chart that was fetched into a folder of the private one. */
export async function putChart(
  workspace: Workspace,
  place: string,
  { tree }: Pick<ChartAt, 'tree'>,
): Promise<void> {
  for (const { path, body } of await tree.readFiles('', '', '.')) {
    await workspace.put(posix.join(place, path), body)
  }
}
