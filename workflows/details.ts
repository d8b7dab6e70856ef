import type { HealthReport, HookReport, ResourceResult } from '../core/flow.ts'
import { partsOf, type ResourceKey, showKey } from '../core/manifest/key.ts'

const shownRows = 20

/** One line: what is waited for, worst first as the report has it. */
export function waitingFor({ resources }: HealthReport): string {
  if (resources.length === 0) return 'the cluster does not answer'
  const first = resources.slice(0, 3).map(({ key, status, message }) => {
    const detail = message === undefined || message === '' ? '' : `: ${message}`
    return `${showKey(key)} is ${status}${detail}`
  })
  const more = resources.length > 3 ? `; and ${resources.length - 3} more` : ''
  return first.join('; ') + more
}

/** The live table on the workflow's page in the Temporal UI. */
export function healthTable(title: string, { resources }: HealthReport): string {
  const rows = resources
    .slice(0, shownRows)
    .map(({ key, status, message = '' }) => `| ${showKey(key)} | ${status} | ${cell(message)} |`)
  return [`**${cell(title)}**`, '', '| resource | health | why |', '|---|---|---|', ...rows].join(
    '\n',
  )
}

/** The line of one look on the timeline: `health web 1/2`, how many of those that were changed have arrived. */
export function healthSummary(
  changed: readonly ResourceKey[],
  seen: HealthReport | undefined,
): string {
  const waiting = seen?.resources.map(({ key }) => key) ?? changed
  const [first] = waiting
  if (first === undefined) return 'health'
  const { name } = partsOf(first)
  const more = waiting.length > 1 ? ` and ${waiting.length - 1} more` : ''
  return `health ${name}${more} ${changed.length - waiting.length}/${changed.length}`
}

/** The table that is left when the operation is over. */
export function resultTable(title: string, results: readonly ResourceResult[]): string {
  const rows = results
    .slice(0, shownRows)
    .map(
      ({ key, status, hook, message = '' }) =>
        `| ${showKey(key)} | ${hook === undefined ? status : `${hook.type} hook ${hook.phase}`} | ${cell(message)} |`,
    )
  const more = results.length > shownRows ? [`| … ${results.length - shownRows} more | | |`] : []
  const head = ['| resource | result | message |', '|---|---|---|']
  return [`**${cell(title)}**`, '', ...(rows.length > 0 ? head : []), ...rows, ...more].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** The same for the hooks of a wave. */
export function hookTable(title: string, hooks: readonly HookReport[]): string {
  const rows = hooks
    .slice(0, shownRows)
    .map(({ key, phase, message }) => `| ${showKey(key)} | ${phase} | ${cell(message)} |`)
  return [`**${cell(title)}**`, '', '| hook | phase | why |', '|---|---|---|', ...rows].join('\n')
}
