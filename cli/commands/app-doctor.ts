import type { Command } from 'commander'
import type { Finding } from '../../core/doctor/finding.ts'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { exitCodes } from '../exit.ts'
import { type OutputOptions, print, withOutput } from '../output/print.ts'
import { table } from '../output/table.ts'

type Examined = { readonly application: string; readonly checks: readonly Finding[] }

/** `app doctor`. */
export function addAppDoctor(app: Command): void {
  withOutput(withServer(app.command('doctor <name>')))
    .description('say what would keep a sync from working; exit code 1 when something would')
    .action(examine)
}

async function examine(name: string, options: ServerOptions & OutputOptions): Promise<void> {
  const remote = await connect(options)
  const path = `/api/v1/applications/${encodeURIComponent(name)}/doctor`
  const data = await remote.call<Examined>('GET', path)
  print(options, {
    data,
    name: ({ checks }) => checks.map(({ check }) => check).join('\n'),
    text: ({ checks }) =>
      table(
        ['STATUS', 'CHECK', 'REASON', 'REMEDY'],
        checks.map(({ status, check, reason, remedy }) => [status, check, reason, remedy]),
      ),
  })
  if (data.checks.some(({ status }) => status === 'FAIL')) process.exitCode = exitCodes.no
}
