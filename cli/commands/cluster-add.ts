import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Connection } from '../../clients/kube/connection.ts'
import { connect as connectApi, type ServerOptions, withServer } from '../client/connect.ts'
import { readClientSettings } from '../config.ts'
import { CommandEnd } from '../exit.ts'
import { ask, canAsk } from '../output/question.ts'
import { each } from './arguments.ts'

/** Which cluster a command works in, besides the API. */
export type TargetOptions = { readonly kubeconfig?: string; readonly systemNamespace: string }

type Options = ServerOptions &
  TargetOptions & {
    readonly name?: string
    readonly namespace?: readonly string[]
    readonly clusterResources?: boolean
    readonly project?: string
    readonly upsert?: boolean
    readonly yes?: boolean
  }

/** Adds the options that name it. */
export function withTarget(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'by default KUBECONFIG, else ~/.kube/config')
    .option('--system-namespace <name>', 'where the service account lives', 'kube-system')
}

/** `cluster add` (CLUS-04). */
export function addClusterAdd(cluster: Command): void {
  withTarget(withServer(cluster.command('add <context>')))
    .description(
      'make a service account in the cluster of a kubeconfig context, and deploy with it',
    )
    .option('--name <name>', 'what Applications call it; by default the context')
    .option('--namespace <name>', 'only this namespace; may be given several times', each)
    .option('--cluster-resources', 'with --namespace, also what lies in no namespace')
    .option('--project <project>', 'only for Applications of this AppProject')
    .option('--upsert', 'change a cluster that is there')
    .option('-y, --yes', 'do not ask')
    .action(add)
}

async function add(context: string, options: Options): Promise<void> {
  const { namespace: namespaces = [], clusterResources, project, upsert } = options
  const remote = await connectApi(options)
  const { connection, transport } = await openTarget(options, context)
  try {
    if (options.yes !== true) await confirm(connection.server, namespaces)
    const { installManager } = await import('../../clients/kube/manager-account.ts')
    const { systemNamespace } = options
    const manager = { systemNamespace, namespaces: clusterResources ? [] : namespaces }
    const bearerToken = await installManager(transport, manager, told)
    const name = options.name ?? context
    await remote.call('POST', '/api/v1/clusters', {
      query: { upsert: upsert === true },
      body: {
        ...{ name, server: connection.server, namespaces, clusterResources, project },
        config: { bearerToken, tlsClientConfig: tlsOf(connection) },
      },
    })
    console.log(`cluster ${name} added (${connection.server})`)
  } finally {
    await transport.close()
  }
}

/** Prints what became of an object in the target. */
export function told(object: string, outcome: string): void {
  console.log(`${object} ${outcome}`)
}

/** The cluster of a context of the kubeconfig. */
export async function openTarget({ kubeconfig }: TargetOptions, context: string) {
  const [{ connect }, { createTransport }] = await Promise.all([
    import('../../clients/kube/connection.ts'),
    import('../../clients/kube/transport.ts'),
  ])
  const file = kubeconfig ?? readClientSettings().kubeconfig ?? join(homedir(), '.kube', 'config')
  const connection = await connect(file, context)
  return { connection, transport: createTransport(connection) }
}

async function confirm(server: string, namespaces: readonly string[]): Promise<void> {
  const rights = namespaces.length === 0 ? 'all rights' : `all rights in ${namespaces.join(', ')}`
  if (!canAsk()) throw new CommandEnd(`it gives Driftless ${rights} in ${server}; say so with -y`)
  const answer = await ask(`Give Driftless ${rights} in ${server}? [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandEnd('nothing was done')
}

function tlsOf({ tls }: Connection) {
  return {
    ...(tls.ca !== undefined && { caData: Buffer.from(tls.ca).toString('base64') }),
    ...(tls.servername !== undefined && { serverName: tls.servername }),
    ...(!tls.rejectUnauthorized && { insecure: true }),
  }
}
