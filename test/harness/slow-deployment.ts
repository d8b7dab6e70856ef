/** A Deployment whose pods take so long to be ready. */
export function slowDeployment(name: string, delay: string, wave = 0): string {
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, annotations: { 'argocd.argoproj.io/sync-wave': `${wave}` } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: {
          labels: { app: name },
          annotations: { 'driftless.dev/simulate-delay': delay },
        },
        spec: { containers: [{ name: 'c', image: 'web:1' }] },
      },
    },
  })
}
