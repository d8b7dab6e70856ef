import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { parseManifests } from '../../core/manifest/yaml.ts'
import type { ApplicationView } from '../client/application-view.ts'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { CommandEnd } from '../exit.ts'
import { each, pairs, trueOrFalse } from './arguments.ts'
import { type SourceOptions, specPatch, withoutNulls, withSource } from './source-options.ts'

type Options = ServerOptions &
  SourceOptions & {
    readonly file?: string
    readonly upsert?: boolean
    readonly validate?: boolean
    readonly label?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly setFinalizer?: boolean
    readonly finalizer?: readonly string[]
  }

const finalizer = 'resources-finalizer.argocd.argoproj.io'

/** `app create` (CLI-04). */
export function addAppCreate(app: Command): void {
  withSource(withServer(app.command('create [name]').description('create an application')))
    .option('-f, --file <file>', 'Applications as YAML or JSON; - reads standard input')
    .option('--upsert', 'change the application when there is one of this name')
    .option('--validate [choice]', 'false takes what cannot be deployed yet', trueOrFalse)
    .option('-l, --label <pair>', 'label as name=value; repeatable', pairs)
    .option('--annotations <pair>', 'annotation as name=value; repeatable', pairs)
    .option('--set-finalizer', 'deleting the application deletes its resources')
    .option('--finalizer <name>', 'a finalizer; repeatable', each)
    .action(create)
}

async function create(name: string | undefined, options: Options): Promise<void> {
  const remote = await connect(options)
  const query = { upsert: options.upsert, validate: options.validate }
  for (const body of manifestsOf(name, options)) {
    const call = { query, body }
    const made = await remote.call<ApplicationView>('POST', '/api/v1/applications', call)
    console.log(`application ${made.metadata.name} created`)
  }
}

function manifestsOf(name: string | undefined, options: Options): readonly object[] {
  if (options.file !== undefined) return readFile(options.file)
  if (name === undefined) throw new CommandEnd('name the application, or give --file')
  const { label: labels, annotations, setFinalizer } = options
  const finalizers = [...(options.finalizer ?? []), ...(setFinalizer === true ? [finalizer] : [])]
  const defaults = { project: 'default', destServer: defaultServer(options), path: '.' }
  return [
    {
      metadata: { name, labels, annotations, finalizers },
      spec: withoutNulls(specPatch({ ...defaults, ...options } as SourceOptions)),
    },
  ]
}

function defaultServer({ destName }: Options): string | undefined {
  return destName === undefined ? 'https://kubernetes.default.svc' : undefined
}

function readFile(file: string): readonly object[] {
  const manifests = parseManifests(textOf(file), file).map(({ manifest }) => manifest)
  for (const { kind, metadata } of manifests) {
    if (kind !== 'Application') {
      throw new CommandEnd(`${file}: ${kind} ${metadata.name} is not an Application`)
    }
  }
  return manifests
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (cause) {
    throw new CommandEnd(`${file} cannot be read: ${(cause as Error).message}`, undefined, {
      cause,
    })
  }
}
