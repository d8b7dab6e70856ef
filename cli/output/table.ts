const gap = '   '

/** Columns as kubectl prints them: padded to the widest value, an empty one as nothing. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): string {
  const lines = [columns, ...rows].map((row) => row.map((value) => printable(value ?? '')))
  const widths = columns.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  )
  return lines
    .map((line) =>
      line
        .map((value, column) => value.padEnd(widths[column] ?? 0))
        .join(gap)
        .trimEnd(),
    )
    .join('\n')
}

/** What comes from a cluster must not move the cursor or colour the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to remove
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
}
