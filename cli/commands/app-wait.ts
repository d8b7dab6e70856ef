import type { Command } from 'commander'
import type { ApplicationView } from '../client/application-view.ts'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { waitForApplication } from '../client/watch.ts'
import { CommandEnd } from '../exit.ts'
import { createProgress } from '../output/progress.ts'
import { namesOf } from './app-sync.ts'
import { wholeNumber } from './arguments.ts'
import { isOver } from './operation-end.ts'

/** What `app wait` waits for; nothing named means sync, health and operation (CLI-02). */
export type Awaited = {
  readonly sync?: boolean
  readonly health?: boolean
  readonly operation?: boolean
  readonly suspended?: boolean
  readonly degraded?: boolean
  readonly delete?: boolean
}
type Options = ServerOptions & Awaited & { readonly selector?: string; readonly timeout: number }

/** `app wait`. */
export function addAppWait(app: Command): void {
  withServer(app.command('wait [names...]').description('wait until applications are well'))
    .option('-l, --selector <selector>', 'all applications with these labels')
    .option('--sync', 'until Synced')
    .option('--health', 'until Healthy')
    .option('--operation', 'until no operation runs')
    .option('--suspended', 'until Suspended')
    .option('--degraded', 'until Degraded')
    .option('--delete', 'until it is gone')
    .option('--timeout <seconds>', 'how long to wait; 0 is for ever', wholeNumber, 0)
    .action(wait)
}

async function wait(names: readonly string[], options: Options): Promise<void> {
  const remote = await connect(options)
  for (const name of await namesOf(remote, names, options.selector)) {
    const progress = createProgress(name)
    const found = await waitForApplication(remote, name, {
      reached: (application) => application === undefined || isReached(application, options),
      show: progress.show,
      ...{ what: wanted(options).join(', '), timeoutSeconds: options.timeout },
    }).finally(progress.end)
    if (found === undefined && options.delete !== true) {
      throw new CommandEnd(`there is no application ${name}`)
    }
    console.log(`${name} is ${wanted(options).join(', ')}`)
  }
}

function wanted(awaited: Awaited): readonly string[] {
  const { sync, health, operation, suspended, degraded } = withDefaults(awaited)
  const healths = [
    ...[health && 'Healthy', suspended && 'Suspended', degraded && 'Degraded'],
  ].filter((text) => typeof text === 'string')
  return [
    ...(awaited.delete === true ? ['gone'] : []),
    ...(sync === true ? ['Synced'] : []),
    ...(healths.length > 0 ? [healths.join(' or ')] : []),
    ...(operation === true ? ['without a running operation'] : []),
  ]
}

/** Whether the application is what is waited for; several kinds of health mean any of them. */
export function isReached(application: ApplicationView, awaited: Awaited): boolean {
  if (awaited.delete === true) return false
  const { sync, operation, health, suspended, degraded } = withDefaults(awaited)
  const { status } = application
  const now = status?.health?.status
  const isAnyHealth = health !== true && suspended !== true && degraded !== true
  return (
    (sync !== true || status?.sync?.status === 'Synced') &&
    (operation !== true || isOver(application)) &&
    (isAnyHealth ||
      (health === true && now === 'Healthy') ||
      (suspended === true && now === 'Suspended') ||
      (degraded === true && now === 'Degraded'))
  )
}

function withDefaults(awaited: Awaited): Awaited {
  const { sync, health, operation, suspended, degraded } = awaited
  const isNamed = [sync, health, operation, suspended, degraded, awaited.delete].some(Boolean)
  return isNamed ? awaited : { sync: true, health: true, operation: true }
}
