/** Whether a text is the full name of a commit. */
export function isCommit(text: string): boolean {
  return /^(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/.test(text)
}

/** Whether a text may be the beginning of the name of a commit (SRC-03); fewer than seven digits are a word. */
export function isShortCommit(text: string): boolean {
  return /^[0-9a-fA-F]{7,39}$/.test(text)
}
