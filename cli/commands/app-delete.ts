import type { Command } from 'commander'
import { approvalAnnotation } from '../../core/flow/approval.ts'
import { epochMs, rfc3339 } from '../../core/time.ts'
import type { ApplicationView } from '../client/application-view.ts'
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

/** `app delete` and `app confirm-deletion`. */
export function addAppDelete(app: Command): void {
  withServer(app.command('delete [names...]').description('delete applications'))
    .option('-l, --selector <selector>', 'all applications with these labels')
    .option('--cascade [choice]', 'false leaves the resources where they are', trueOrFalse, true)
    .option('-p, --propagation-policy <policy>', 'foreground or background')
    .option('-y, --yes', 'do not ask')
    .option('--wait', 'wait until it is gone')
    .option('--timeout <seconds>', 'how long to wait; 0 is for ever', wholeNumber, 0)
    .action(remove)
  withServer(app.command('confirm-deletion <name>'))
    .description('let the deletions happen that wait for a confirmation')
    .action(confirmDeletion)
}

const pathOf = (name: string) => `/api/v1/applications/${encodeURIComponent(name)}`

async function remove(names: readonly string[], options: Options): Promise<void> {
  const remote = await connect(options)
  const chosen = await namesOf(remote, names, options.selector)
  if (options.yes !== true && canAsk()) await confirm(chosen, options.cascade)
  const { cascade, propagationPolicy } = options
  for (const name of chosen) {
    await remote.call('DELETE', pathOf(name), { query: { cascade, propagationPolicy } })
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

/** OPT-17: a clock that is behind that of the cluster confirms as well. */
async function confirmDeletion(name: string, options: ServerOptions): Promise<void> {
  const remote = await connect(options)
  const { metadata, status } = await remote.call<ApplicationView>('GET', pathOf(name))
  const begun = [metadata.deletionTimestamp, status?.operationState?.startedAt]
  const at = Math.max(Date.now(), ...begun.map((text) => epochMs(text) ?? 0))
  const patch = { metadata: { annotations: { [approvalAnnotation]: rfc3339(at) } } }
  await remote.call('PATCH', pathOf(name), {
    query: { validate: false },
    body: { patch: JSON.stringify(patch), patchType: 'merge' },
  })
  console.log(`application ${name}: the deletions that wait for it are confirmed`)
}
