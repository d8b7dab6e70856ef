/** A commit as people write it; the version of a chart as it is. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]+$/.test(revision) ? revision.slice(0, 7) : revision
}
