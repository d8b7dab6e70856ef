import type { Command } from 'commander'
import type { ResourceNode } from '../../core/tree/resource-tree.ts'
import type { ApplicationView } from '../client/application-view.ts'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { type OutputOptions, print, withOutput, yaml } from '../output/print.ts'
import { table } from '../output/table.ts'
import { resourcesText } from './app-get.ts'

type ResourcesOptions = ServerOptions & OutputOptions & { readonly tree?: boolean }
type ManifestsOptions = ServerOptions & {
  readonly revision?: string
  readonly source: 'git' | 'live'
}

/** `app resources` and `app manifests`. */
export function addAppResources(app: Command): void {
  withOutput(withServer(app.command('resources <name>').description('list the objects')))
    .option('--tree', 'with all that comes of them')
    .action(resources)
  withServer(app.command('manifests <name>').description('print the objects as YAML'))
    .option('--revision <revision>', 'what this revision declares')
    .option('--source <source>', 'git (declared) or live', 'git')
    .action(manifests)
}

const pathOf = (name: string) => `/api/v1/applications/${encodeURIComponent(name)}`

async function resources(name: string, options: ResourcesOptions): Promise<void> {
  const remote = await connect(options)
  if (options.tree === true) {
    const { nodes } = await remote.call<{ nodes: readonly ResourceNode[] }>(
      ...(['GET', `${pathOf(name)}/resource-tree`] as const),
    )
    return print(options, { data: nodes, name: namesText, text: treeText })
  }
  const application = await remote.call<ApplicationView>('GET', pathOf(name))
  print(options, {
    data: application.status?.resources ?? [],
    name: namesText,
    text: () => resourcesText(application),
  })
}

type Named = { readonly kind: string; readonly name: string }

function namesText(items: readonly Named[]): string {
  return items.map(({ kind, name }) => `${kind}/${name}`).join('\n')
}

function treeText(nodes: readonly ResourceNode[]): string {
  return table(
    ['KIND/NAME', 'NAMESPACE', 'HEALTH', 'INFO'],
    rowsBelow(nodes, undefined, '').map(({ node, depth }) => [
      `${depth}${node.kind}/${node.name}`,
      ...[node.namespace, node.health?.status],
      (node.info ?? []).map(({ value }) => value).join(' '),
    ]),
  )
}

type Row = { readonly node: ResourceNode; readonly depth: string }

function rowsBelow(
  nodes: readonly ResourceNode[],
  parent: string | undefined,
  depth: string,
): readonly Row[] {
  const children = nodes.filter(({ parentRefs }) => parentRefs?.[0]?.uid === parent)
  return children.flatMap((node) => [
    { node, depth },
    ...(node.uid === undefined ? [] : rowsBelow(nodes, node.uid, `${depth}  `)),
  ])
}

async function manifests(name: string, options: ManifestsOptions): Promise<void> {
  const remote = await connect(options)
  const query = { revision: options.revision }
  const documents =
    options.source === 'live'
      ? (
          await remote.call<{ items: readonly { liveState: string }[] }>(
            ...(['GET', `${pathOf(name)}/managed-resources`] as const),
          )
        ).items.map(({ liveState }) => liveState)
      : (
          await remote.call<{ manifests: readonly string[] }>(
            ...(['GET', `${pathOf(name)}/manifests`, { query }] as const),
          )
        ).manifests
  const present = documents.map((text): unknown => JSON.parse(text)).filter((state) => state)
  process.stdout.write(present.map((state) => `---\n${yaml(state)}`).join(''))
}
