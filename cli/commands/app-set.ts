import type { Command } from 'commander'
import type { ApplicationView, SourceView } from '../client/application-view.ts'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import type { Remote } from '../client/remote.ts'
import { CommandEnd } from '../exit.ts'
import { wholeNumber } from './arguments.ts'
import { type SourceChoice, sourceIndex, sourcePatch } from './one-source.ts'
import { type SourceOptions, specPatch, withSource } from './source-options.ts'

/** `app set` and `app patch` (CLI-05). */
export function addAppSet(app: Command): void {
  withSource(withServer(app.command('set <name>').description('change an application')))
    .option('--source-name <name>', 'of several sources the one of this name')
    .option('--source-position <number>', 'the same by its place, from 1 on', wholeNumber)
    .action(set)
  withServer(app.command('patch <name>').description('change an application by a patch'))
    .requiredOption('--patch <patch>', 'the patch as JSON')
    .option('--type <type>', 'json or merge', 'merge')
    .action(patch)
}

async function set(
  name: string,
  options: ServerOptions & SourceOptions & SourceChoice,
): Promise<void> {
  const spec = specPatch(options)
  if (Object.keys(spec).length === 0) {
    throw new CommandEnd('nothing to set: give an option such as --revision or --sync-policy')
  }
  const remote = await connect(options)
  const sources = await sourcesOf(remote, name, spec, options)
  await send(remote, name, sources === undefined ? merge(spec) : change(sources, spec, options))
  console.log(`application ${name} changed`)
}

type Spec = Readonly<Record<string, unknown>>
type Change = { readonly patch: string; readonly type: string }

function merge(spec: Spec): Change {
  return { type: 'merge', patch: JSON.stringify({ spec }) }
}

/** Of several sources one has to be chosen: what is set beside them is not read (SRC-09). */
function change(
  sources: readonly SourceView[],
  { source, ...others }: Spec,
  choice: SourceChoice,
): Change {
  const index = sourceIndex(sources, choice)
  if (source === undefined || Object.keys(others).length > 0)
    throw new CommandEnd('with a chosen source give options of the source, and no others')
  return { type: 'json', patch: JSON.stringify(sourcePatch(sources, index, source)) }
}

/** Undefined where none of several sources is meant. */
async function sourcesOf(
  remote: Remote,
  name: string,
  { source }: Spec,
  { sourceName, sourcePosition }: SourceChoice,
): Promise<readonly SourceView[] | undefined> {
  const isChosen = sourceName !== undefined || sourcePosition !== undefined
  if (source === undefined && !isChosen) return undefined
  const { spec } = await remote.call<ApplicationView>('GET', pathOf(name))
  const { sources = [] } = spec
  return sources.length > 0 || isChosen ? sources : undefined
}

type PatchOptions = ServerOptions & Change

async function patch(name: string, options: PatchOptions): Promise<void> {
  await send(await connect(options), name, options)
  console.log(`application ${name} changed`)
}

async function send(remote: Remote, name: string, { patch: body, type }: Change): Promise<void> {
  await remote.call('PATCH', pathOf(name), { body: { patch: body, patchType: type } })
}

function pathOf(name: string): string {
  return `/api/v1/applications/${encodeURIComponent(name)}`
}
