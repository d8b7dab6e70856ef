import { RenderError } from '../errors.ts'
import { isMapping, mappingOf } from '../manifest/field.ts'
import { type ChartDependency, checkDependency } from './chart-dependencies.ts'

/** A chart that kustomize has Helm render (KUST-11). */
export type InflatedChart = ChartDependency & {
  /** Where kustomize looks for its folder, from the kustomization. */
  readonly place: string
  /** The kustomization, for errors. */
  readonly file: string
}

/** Fields of a kustomization that name charts; they count where the operator says `--enable-helm`. */
export const chartFields: readonly string[] = ['helmCharts', 'helmGlobals']

const texts = ['name', 'version', 'repo', 'releaseName', 'namespace', 'valuesMerge', 'kubeVersion']
const files = ['valuesFile', 'additionalValuesFiles']
const flags = ['includeCRDs', 'skipHooks', 'skipTests']
/** The fields of one chart; left out are those that only help to find mistakes. */
export const fieldsOfChart: ReadonlySet<string> = new Set([
  ...[...texts, ...files, ...flags],
  ...['valuesInline', 'apiVersions'],
])

/** The charts and value files of a kustomization; RenderError for what Helm could read as an option (H13). */
export function chartsIn(
  { helmCharts, helmGlobals }: Readonly<Record<string, unknown>>,
  file: string,
): { readonly charts: readonly InflatedChart[]; readonly files: readonly string[] } {
  const { chartHome = 'charts', ...others } = mappingOf(helmGlobals)
  const [unknown] = Object.keys(others)
  if (unknown !== undefined || typeof chartHome !== 'string')
    throw new RenderError(`${file}: helmGlobals: only chartHome, a folder, is let through`)
  const entries = Array.isArray(helmCharts) ? helmCharts.filter(isMapping) : []
  return {
    charts: entries.map((entry) => chartIn(entry, chartHome, file)),
    files: entries.flatMap((entry) => files.flatMap((field) => textsIn(entry[field]))),
  }
}

function chartIn(
  entry: Readonly<Record<string, unknown>>,
  chartHome: string,
  file: string,
): InflatedChart {
  const [unknown] = Object.keys(entry).filter((field) => !fieldsOfChart.has(field))
  if (unknown !== undefined)
    throw new RenderError(`${file}: helmCharts: the field ${unknown} is not let through`)
  for (const field of [...texts, 'apiVersions']) {
    for (const text of textsIn(entry[field])) checkText(field, text, file)
  }
  const [name = '', version = '', repository = ''] = ['name', 'version', 'repo'].map(
    (field) => textsIn(entry[field])[0],
  )
  // so it is looked for by kustomize itself
  const folder = version !== '' && repository !== '' ? `${chartHome}/${name}-${version}` : chartHome
  return { name, version: version || '*', repository, place: `${folder}/${name}`, file }
}

/** RenderError for a chart that is not in its folder and names no repository that it could be fetched from. */
export function checkFetched(chart: InflatedChart): void {
  checkDependency(chart, `${chart.file}: helmCharts`)
}

function checkText(field: string, text: string, file: string): void {
  const isName = field === 'name' || field === 'releaseName' || field === 'namespace'
  const form = isName ? /^[A-Za-z0-9][\w.-]*$/ : /^[\w^~<>=*][^\n]*$/
  const leads = field === 'version' && /[/\\]/.test(text)
  if (form.test(text) && !leads) return
  throw new RenderError(`${file}: helmCharts: ${text.slice(0, 100)} is no ${field} of a chart`)
}

function textsIn(value: unknown): readonly string[] {
  const all = Array.isArray(value) ? value : [value]
  return all.filter((text) => typeof text === 'string' && text !== '')
}
