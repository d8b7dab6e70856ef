import type { Command } from 'commander'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { version } from '../version.ts'

/** `version`. */
export function addVersion(program: Command): void {
  withServer(program.command('version').description('print the versions'))
    .option('--client', 'only that of this command')
    .action(async (options: ServerOptions & { readonly client?: boolean }) => {
      console.log(`driftless: v${version()}`)
      if (options.client === true) return
      const remote = await connect(options)
      const { Version } = await remote.call<{ Version: string }>('GET', '/api/version')
      console.log(`server:    ${Version}`)
    })
}
