import type { Command } from 'commander'
import { readLocalStart } from '../client/local-start.ts'
import { readClientSettings } from '../config.ts'
import { CommandEnd } from '../exit.ts'

/** `admin`: commands for whoever runs Driftless; they talk to Kubernetes and Temporal, not to the API. */
export function addAdmin(program: Command): void {
  const admin = program.command('admin').description('for whoever runs Driftless')
  admin
    .command('initial-password')
    .description('print the admin password that was made at the first start')
    .action(printPassword)
  admin
    .command('rebuild <application>')
    .description('end the workflow of an application and begin anew from what Kubernetes has')
    .action(rebuildApplication)
}

async function printPassword(): Promise<void> {
  const { initialAdminPassword } = await import('../../clients/accounts.ts')
  const { kubeconfig, namespace } = surroundings()
  const transport = await openTransport(kubeconfig)
  try {
    const password = await initialAdminPassword(transport, namespace)
    if (password === undefined) {
      throw new CommandEnd(
        `the namespace ${namespace} has no Secret argocd-initial-admin-secret: nobody started the API, or the Secret was deleted after the password was changed`,
      )
    }
    console.log(password)
  } finally {
    await transport.close()
  }
}

async function rebuildApplication(name: string): Promise<void> {
  const { rebuild } = await import('./rebuild.ts')
  const { kubeconfig, namespace, temporal } = surroundings()
  const { temporalNamespace } = readClientSettings()
  if (temporal === undefined) throw new CommandEnd('set TEMPORAL_ADDRESS to host:port of Temporal')
  const transport = await openTransport(kubeconfig)
  try {
    const ended = await rebuild({ transport, temporal, temporalNamespace, namespace, name })
    console.log(
      `${name}: ${ended ? 'its workflow was ended and' : 'no workflow was open, one'} begins anew`,
    )
  } finally {
    await transport.close()
  }
}

function surroundings() {
  const settings = readClientSettings()
  const local = settings.kubeconfig === undefined ? readLocalStart(process.cwd()) : undefined
  return {
    kubeconfig: settings.kubeconfig ?? local?.kubeconfig,
    namespace: local?.namespace ?? settings.namespace,
    temporal: settings.temporalAddress ?? local?.temporal,
  }
}

async function openTransport(kubeconfig: string | undefined) {
  const [{ connect }, { createTransport }] = await Promise.all([
    import('../../clients/kube/connection.ts'),
    import('../../clients/kube/transport.ts'),
  ])
  return createTransport(await connect(kubeconfig))
}
