import { isControlClusterAddress } from './control-cluster.ts'
import {
  type ApplicationSource,
  type ApplicationSpec,
  type Destination,
  isFilled,
} from './schema.ts'

const tools = ['helm', 'kustomize', 'directory', 'plugin'] as const

/** Why the spec cannot be worked with, each with its field path; empty for a good one. */
export function specProblems(spec: ApplicationSpec): readonly string[] {
  return [...destinationProblems(spec.destination), ...sourcesProblems(spec)]
}

/** APP-03. */
function destinationProblems({ server = '', name = '' }: Destination): readonly string[] {
  if (server === '' && name === '') {
    return ['spec.destination: give the cluster as server (its API address) or name']
  }
  if (server !== '' && name !== '') {
    return [`spec.destination: give either server or name, not both (${server}, ${name})`]
  }
  if (server !== '' && !isControlClusterAddress(server) && !/^https?:\/\/[^\s]+$/.test(server)) {
    return [`spec.destination.server: ${server} is not an http or https address`]
  }
  return []
}

function sourcesProblems({ source, sources, sourceHydrator }: ApplicationSpec): readonly string[] {
  if (sourceHydrator !== undefined) return []
  if (sources !== undefined && sources.length > 0) {
    return [
      ...sources.flatMap((one, index) => sourceProblems(one, `spec.sources[${index}]`)),
      ...refProblems(sources),
    ]
  }
  if (source === undefined) return ['spec.source: is missing']
  return sourceProblems(source, 'spec.source')
}

/** SRC-08: value files name a source as `$ref/path`. */
function refProblems(sources: readonly ApplicationSource[]): readonly string[] {
  const names = sources.map(({ ref = '' }) => ref)
  return names.flatMap((name, index) => {
    if (name === '') return []
    if (!/^[\w-]+$/.test(name)) {
      return [`spec.sources[${index}].ref: use letters, digits, "-" and "_" only`]
    }
    if (names.indexOf(name) === index) return []
    return [`spec.sources[${index}].ref: ${name} is the ref of an earlier source; keep one`]
  })
}

/** What is wrong with one source; `at` is what it is called there. */
export function sourceProblems(source: ApplicationSource, at: string): readonly string[] {
  const { repoURL = '', targetRevision = '', path = '', chart = '', ref = '' } = source
  const problems: string[] = []
  if (repoURL === '') problems.push(`${at}.repoURL: is missing`)
  // neither may ever be read as an option of git, nor end the line of a protocol
  if (!isPlain(repoURL)) problems.push(`${at}.repoURL: must not start with "-" or contain blanks`)
  if (targetRevision.startsWith('-') || hasControl(targetRevision)) {
    problems.push(`${at}.targetRevision: is not a branch, tag, commit or version constraint`)
  }
  if (leavesRoot(path)) problems.push(`${at}.path: ${path} must stay inside the repository`)
  if (path === '' && chart === '' && ref === '') {
    problems.push(`${at}: give path (a directory of the repository) or chart; "." is its root`)
  }
  if (chart !== '' || repoURL.startsWith('oci://')) problems.push(...chartProblems(source, at))
  const explicit = tools.filter((tool) => isFilled(source[tool]))
  if (explicit.length > 1) {
    problems.push(`${at}: multiple application sources defined: ${explicit.join(', ')}; keep one`)
  }
  return problems
}

function chartProblems({ path, ref, chart, targetRevision }: ApplicationSource, at: string) {
  // names travel in the arguments of Helm
  if (chart && !/^[A-Za-z0-9][\w.-]*(\/[\w.-]+)*$/.test(chart)) {
    return [`${at}.chart: ${chart} is not the name of a chart`]
  }
  return [
    ...(path && chart ? [`${at}.path: must be empty when chart is set`] : []),
    ...(ref ? [`${at}.ref: cannot be combined with chart`] : []),
    ...(targetRevision ? [] : [`${at}.targetRevision: the version of the chart is missing`]),
  ]
}

function isPlain(url: string): boolean {
  return !url.startsWith('-') && !/\s/.test(url) && !hasControl(url)
}

function hasControl(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  return /[\x00-\x1f\x7f]/.test(value)
}

function leavesRoot(path: string): boolean {
  return path.startsWith('/') || path.split('/').includes('..') || hasControl(path)
}
