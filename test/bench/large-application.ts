const waves = 5
const wave = 'argocd.argoproj.io/sync-wave'

/** Objects of one application in five waves: a tenth Deployments without replicas, the rest small kinds. */
export function largeApplication(objects: number) {
  return Array.from({ length: objects }, (_, index) => objectOf(index, objects))
}

function objectOf(index: number, objects: number) {
  const name = `object-${String(index).padStart(4, '0')}`
  const labels = { app: name, team: 'bench' }
  const annotations = { [wave]: String(Math.floor((index * waves) / objects)) }
  const metadata = { name, labels, annotations }
  switch (index % 10) {
    case 0:
      return {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
        spec: { replicas: 0, selector: { matchLabels: { app: name } }, template: podOf(name) },
      }
    case 1:
    case 2:
      return {
        ...{ apiVersion: 'v1', kind: 'Service', metadata },
        spec: { selector: { app: name }, ports: [{ name: 'http', port: 80 }] },
      }
    case 3:
      return { apiVersion: 'v1', kind: 'ServiceAccount', metadata }
    default:
      return {
        ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata },
        data: { name, colour: 'blue', text: 'x'.repeat(500) },
      }
  }
}

function podOf(name: string) {
  const resources = { requests: { cpu: '10m', memory: '16Mi' } }
  const ports = [{ name: 'http', containerPort: 80 }]
  const containers = [{ name: 'web', image: 'nginx:1.29', ports, resources }]
  return { metadata: { labels: { app: name } }, spec: { containers } }
}

/** The Job that runs before all of them. */
export const before = {
  ...{ apiVersion: 'batch/v1', kind: 'Job' },
  metadata: { name: 'before', annotations: { 'argocd.argoproj.io/hook': 'PreSync' } },
  spec: {
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'migrate', image: 'migrate:1' }] },
    },
  },
}
