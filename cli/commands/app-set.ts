import type { Command } from 'commander'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { CommandEnd } from '../exit.ts'
import { type SourceOptions, specPatch, withSource } from './source-options.ts'

/** `app set` and `app patch` (CLI-05). */
export function addAppSet(app: Command): void {
  withSource(withServer(app.command('set <name>').description('change an application'))).action(set)
  withServer(app.command('patch <name>').description('change an application by a patch'))
    .requiredOption('--patch <patch>', 'the patch as JSON')
    .option('--type <type>', 'json or merge', 'merge')
    .action(patch)
}

async function set(name: string, options: ServerOptions & SourceOptions): Promise<void> {
  const spec = specPatch(options)
  if (Object.keys(spec).length === 0) {
    throw new CommandEnd('nothing to set: give an option such as --revision or --sync-policy')
  }
  const change = { patch: JSON.stringify({ spec }), type: 'merge' }
  await patch(name, { ...options, ...change })
}

type PatchOptions = ServerOptions & { readonly patch: string; readonly type: string }

async function patch(name: string, options: PatchOptions): Promise<void> {
  const remote = await connect(options)
  const path = `/api/v1/applications/${encodeURIComponent(name)}`
  await remote.call('PATCH', path, { body: { patch: options.patch, patchType: options.type } })
  console.log(`application ${name} changed`)
}
