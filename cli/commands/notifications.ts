import type { Command } from 'commander'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'

/** `notifications send`. */
export function addNotifications(program: Command): void {
  const notifications = program.command('notifications').description('what people are told')
  withServer(notifications.command('send <application> <trigger>'))
    .description('tell people of the last operation now; a trigger such as on-deployed')
    .action(send)
}

async function send(application: string, trigger: string, options: ServerOptions): Promise<void> {
  const remote = await connect(options)
  await remote.call('POST', '/api/v1/notifications', { body: { application, trigger } })
  console.log(`${trigger} of ${application} will be delivered`)
}
