const digest = /^sha256:[0-9a-f]{64}$/

/** A commit or a digest as people write it; the version of a chart as it is. */
export function shortRevision(revision: string): string {
  if (digest.test(revision)) return revision.slice(0, 'sha256:'.length + 7)
  return /^[0-9a-f]+$/.test(revision) ? revision.slice(0, 7) : revision
}
