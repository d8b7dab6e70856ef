/** What Git holds in place of a large file (SRC-15). */
export type LfsPointer = { readonly oid: string; readonly size: number }

const longestPointer = 1_024

/** The pointer that a file is; undefined for any other file. */
export function parseLfsPointer(text: string): LfsPointer | undefined {
  if (text.length > longestPointer || !text.startsWith('version https://git-lfs.')) {
    return undefined
  }
  const oid = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1]
  const size = /^size (\d{1,15})$/m.exec(text)?.[1]
  return oid === undefined || size === undefined ? undefined : { oid, size: Number(size) }
}

/** Where the large files of a repository are asked for; undefined for one that is not on http. */
export function lfsAddress(repository: string): string | undefined {
  if (!/^https?:\/\//.test(repository)) return undefined
  const base = repository.replace(/\/+$/, '')
  return `${base.endsWith('.git') ? base : `${base}.git`}/info/lfs/objects/batch`
}
