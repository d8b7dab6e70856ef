import type { Command } from 'commander'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { waitForApplication } from '../client/watch.ts'
import { CommandEnd } from '../exit.ts'
import { createProgress } from '../output/progress.ts'
import { ask, canAsk } from '../output/question.ts'
import { namesOf } from './app-sync.ts'
import { trueOrFalse, wholeNumber } from './arguments.ts'

type Options = ServerOptions & {
  readonly selector?: string
  readonly cascade: boolean
  readonly propagationPolicy?: string
  readonly yes?: boolean
  readonly wait?: boolean
  readonly timeout: number
}

/** `app delete`. */
export function addAppDelete(app: Command): void {
  withServer(app.command('delete [names...]').description('delete applications'))
    .option('-l, --selector <selector>', 'all applications with these labels')
    .option('--cascade [choice]', 'false leaves the resources where they are', trueOrFalse, true)
    .option('-p, --propagation-policy <policy>', 'foreground or background')
    .option('-y, --yes', 'do not ask')
    .option('--wait', 'wait until it is gone')
    .option('--timeout <seconds>', 'how long to wait; 0 is for ever', wholeNumber, 0)
    .action(remove)
}

async function remove(names: readonly string[], options: Options): Promise<void> {
  const remote = await connect(options)
  const chosen = await namesOf(remote, names, options.selector)
  if (options.yes !== true && canAsk()) await confirm(chosen, options.cascade)
  const { cascade, propagationPolicy } = options
  for (const name of chosen) {
    const path = `/api/v1/applications/${encodeURIComponent(name)}`
    await remote.call('DELETE', path, { query: { cascade, propagationPolicy } })
    console.log(
      `application ${name} ${cascade ? 'is being deleted with its resources' : 'deleted'}`,
    )
  }
  if (options.wait !== true) return
  for (const name of chosen) {
    const progress = createProgress(name)
    await waitForApplication(remote, name, {
      reached: (application) => application === undefined,
      show: progress.show,
      ...{ what: 'gone', timeoutSeconds: options.timeout },
    }).finally(progress.end)
  }
}

async function confirm(names: readonly string[], cascade: boolean): Promise<void> {
  const what = cascade ? ' and all their resources' : ''
  const answer = await ask(`delete ${names.join(', ')}${what}? [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandEnd('nothing was deleted')
}
