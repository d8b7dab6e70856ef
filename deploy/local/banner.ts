import { join, relative } from 'node:path'
import type { Endpoints } from './endpoints.ts'

/** Prints where everything is. */
export function printBanner(endpoints: Endpoints, data: string, seconds: number): void {
  const { api, adminPassword, temporal, temporalUi, kafka, kubeconfig, git } = endpoints
  const rows: readonly (readonly [string, string | null])[] = [
    ['API', 'api' in endpoints.pids ? `${api}   (try ${api}/swagger-ui)` : null],
    [
      'Login',
      'api' in endpoints.pids ? `admin / ${adminPassword || 'the password you set'}` : null,
    ],
    ['Temporal UI', temporalUi],
    ['Temporal', temporal],
    ['Kafka', kafka],
    ['Kubernetes', `KUBECONFIG=${kubeconfig}`],
    ['Git', git],
    ['Logs', logsFolder(data)],
  ]
  const lines = rows.flatMap(([name, value]) =>
    value === null ? [] : [`  ${name.padEnd(13)}${value}`],
  )
  console.log(`
Driftless is ready after ${seconds.toFixed(1)} s

${lines.join('\n')}

  Development only: every user of this machine can reach these ports. Ctrl-C stops everything.`)
}

/** Prints what to do with the demo. */
export function printNextSteps({ git, gitToken, kubeconfig }: Endpoints, namespace: string): void {
  console.log(`
Try it: change the sample and watch it go live

  git clone ${git?.replace('http://', `http://driftless:${gitToken}@`)}
  cd demo && sed -i.bak 's/replicas: 2/replicas: 3/' guestbook/deployment.yaml
  git commit -am 'three replicas' && git push
  KUBECONFIG=${kubeconfig} kubectl -n ${namespace} get deployments -w
`)
}

function logsFolder(data: string): string {
  const near = relative(process.cwd(), data)
  return join(near.startsWith('..') ? data : near, 'logs')
}
