import type { HealthReport, HookReport } from '../core/flow.ts'
import { showKey } from '../core/manifest/key.ts'

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
