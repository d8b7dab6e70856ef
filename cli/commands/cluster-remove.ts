import type { Command } from 'commander'
import { findCluster } from '../client/cluster-view.ts'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { CommandEnd } from '../exit.ts'
import { ask, canAsk } from '../output/question.ts'
import { openTarget, type TargetOptions, told, withTarget } from './cluster-add.ts'

type Options = ServerOptions & TargetOptions & { readonly context?: string; readonly yes?: boolean }

/** `cluster remove`, the way back of `cluster add`. */
export function addClusterRemove(cluster: Command): void {
  withTarget(withServer(cluster.command('remove <cluster>').alias('rm')))
    .description('deploy to a cluster no more, by its name or address; what is there stays')
    .option('--context <name>', 'also delete the service account, with this context')
    .option('-y, --yes', 'do not ask')
    .action(remove)
}

async function remove(id: string, options: Options): Promise<void> {
  const remote = await connect(options)
  const found = await findCluster(remote, id)
  const { name, server, info } = found
  if (options.yes !== true && canAsk()) {
    const used = info.applicationsCount
    const answer = await ask(`Remove the cluster ${name}, which ${used} Applications name? [y/N] `)
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandEnd('nothing was removed')
  }
  await remote.call('DELETE', `/api/v1/clusters/${encodeURIComponent(server)}`)
  console.log(`cluster ${name} removed`)
  if (options.context === undefined) return
  const { removeManager } = await import('../../clients/kube/manager-account.ts')
  const { transport } = await openTarget(options, options.context)
  try {
    const namespaces = found.clusterResources ? [] : (found.namespaces ?? [])
    const { systemNamespace } = options
    await removeManager(transport, { systemNamespace, namespaces }, told)
  } finally {
    await transport.close()
  }
}
