const longestMessage = 1_500

/** What a tool said at its end, without the folder that it ran in, which is gone when anybody reads it. */
export function lastWords(text: string, cwd: string): string {
  const parent = cwd.replace(/\/tree(\/.*)?$/, '')
  return text
    .replaceAll(`${parent}/tree/`, '')
    .replaceAll(parent, '')
    .replace(/^Error: /, '')
    .replace(/\n*Use --debug flag to render out invalid YAML\s*$/, '')
    .trim()
    .slice(-longestMessage)
}
