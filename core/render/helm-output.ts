import { type ParsedManifest, parseManifests } from '../manifest/yaml.ts'

/** Helm says above each document which template it comes from. */
const origin = /^---\n# Source: ([^/\n]+)\/(\S+)$/m

/**
 * The objects that `helm template` wrote, each with the template that it comes from; the line is
 * that of what the template gives. `folder` is that of the chart.
 */
export function readHelmOutput(text: string, folder: string): readonly ParsedManifest[] {
  // what stands before the first template is of none: it is empty
  const [, ...pieces] = text.split(new RegExp(origin, 'gm'))
  if (pieces.length === 0) return parseManifests(text, `helm of ${folder}`)
  const found: ParsedManifest[] = []
  for (let at = 0; at < pieces.length; at += 3) {
    const [, path = '', body = ''] = pieces.slice(at, at + 3)
    found.push(...parseManifests(body, folder === '.' ? path : `${folder}/${path}`))
  }
  return found
}
