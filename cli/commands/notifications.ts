import type { Command } from 'commander'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { each } from './arguments.ts'

type Options = ServerOptions & { readonly recipient?: readonly string[] }

/** `notifications send`. */
export function addNotifications(program: Command): void {
  const notifications = program.command('notifications').description('what people are told')
  withServer(notifications.command('send <application> <trigger>'))
    .description('send a notification now, such as on-deployed')
    .option('--recipient <recipient>', 'instead of the subscribers; repeatable', each)
    .action(send)
}

async function send(application: string, trigger: string, options: Options): Promise<void> {
  const remote = await connect(options)
  const body = { application, trigger, recipients: options.recipient ?? [] }
  await remote.call('POST', '/api/v1/notifications', { body })
  console.log(`${trigger} of ${application} will be delivered`)
}
