import type { Command } from 'commander'
import { createTwoFilesPatch } from 'diff'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { exitCodes } from '../exit.ts'
import { yaml } from '../output/print.ts'
import { printable } from '../output/table.ts'
import { trueOrFalse, wholeNumber } from './arguments.ts'

type Item = {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly normalizedLiveState: string
  readonly predictedLiveState: string
  readonly modified: boolean
  readonly hook?: boolean
  readonly message?: string
}
type Options = ServerOptions & {
  readonly revision?: string
  readonly refresh?: boolean
  readonly hardRefresh?: boolean
  readonly exitCode: boolean
  readonly diffExitCode: number
}

/** `app diff` (CLI-01). */
export function addAppDiff(app: Command): void {
  withServer(
    app.command('diff <name>').description('what a sync would change; exits 1 if anything'),
  )
    .option('--revision <revision>', 'compare with this revision instead of the tracked one')
    .option('--refresh', 'look at Git first')
    .option('--hard-refresh', 'render anew first')
    .option(
      '--exit-code [choice]',
      'false exits 0 also when there are differences',
      trueOrFalse,
      true,
    )
    .option('--diff-exit-code <code>', 'exit code for differences', wholeNumber, exitCodes.no)
    .action(diff)
}

async function diff(name: string, options: Options): Promise<void> {
  const remote = await connect(options)
  const path = `/api/v1/applications/${encodeURIComponent(name)}`
  const refresh = options.hardRefresh ? 'hard' : options.refresh ? 'normal' : undefined
  if (refresh !== undefined) await remote.call('GET', path, { query: { refresh } })
  const query = { revision: options.revision }
  const answer = await remote.call<{ items: readonly Item[] }>(
    ...(['GET', `${path}/managed-resources`, { query }] as const),
  )
  const changed = answer.items.filter((item) => item.modified && item.hook !== true)
  for (const item of changed) console.log(itemDiff(item))
  if (changed.length > 0 && options.exitCode) process.exitCode = options.diffExitCode
}

/** One object as a unified diff from what is live to what a sync would make of it. */
export function itemDiff(item: Item): string {
  const { group, kind, namespace, name, message } = item
  const title = `===== ${group}/${kind} ${namespace === '' ? '' : `${namespace}/`}${name} ======`
  const [live, wanted] = [item.normalizedLiveState, item.predictedLiveState].map(stateText)
  const body = createTwoFilesPatch('live', 'wanted', live ?? '', wanted ?? '', '', '', {
    context: 3,
  })
  const refused = message === undefined ? [] : [`the API server refuses it: ${printable(message)}`]
  // the separator line of the library says nothing here
  return [title, ...refused, ...body.split('\n').slice(1)].join('\n')
}

function stateText(state: string): string {
  const parsed: unknown = JSON.parse(state)
  return parsed === null ? '' : yaml(parsed)
}
