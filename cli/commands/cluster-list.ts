import type { Command } from 'commander'
import { type ClusterView, findCluster } from '../client/cluster-view.ts'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { type OutputOptions, print, withOutput } from '../output/print.ts'
import { table } from '../output/table.ts'
import { addClusterAdd } from './cluster-add.ts'
import { addClusterRemove } from './cluster-remove.ts'

/** `cluster` and what it does. */
export function addClusters(program: Command): void {
  const cluster = program.command('cluster').description('clusters')
  withOutput(withServer(cluster.command('list').alias('ls').description('list clusters'))).action(
    list,
  )
  withOutput(withServer(cluster.command('get <cluster>')))
    .description('show one, by its name or address')
    .action(get)
  addClusterAdd(cluster)
  addClusterRemove(cluster)
}

async function list(options: ServerOptions & OutputOptions): Promise<void> {
  const remote = await connect(options)
  const { items } = await remote.call<{ items: readonly ClusterView[] }>('GET', '/api/v1/clusters')
  print(options, { data: items, name: (data) => data.map(nameOf).join('\n'), text: tableOf })
}

async function get(id: string, options: ServerOptions & OutputOptions): Promise<void> {
  const data = await findCluster(await connect(options), id)
  print(options, { data, name: nameOf, text: (one) => tableOf([one], true) })
}

const nameOf = ({ name }: ClusterView) => name

function tableOf(data: readonly ClusterView[], wide: boolean): string {
  const rows = data.map((item) => row(item, wide))
  return table([...columns, ...(wide ? more : [])], rows)
}

const columns = ['NAME', 'SERVER', 'VERSION', 'STATUS', 'APPLICATIONS', 'MESSAGE']
const more = ['PROJECT', 'NAMESPACES']

function row(item: ClusterView, wide: boolean): readonly (string | undefined)[] {
  const { name, server, project, namespaces, connectionState, serverVersion, info } = item
  return [
    ...[name, server, serverVersion, connectionState.status, String(info.applicationsCount)],
    connectionState.message,
    ...(wide ? [project, namespaces?.join(',')] : []),
  ]
}
