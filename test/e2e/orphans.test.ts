import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { applicationLabel } from '../../core/digest.ts'
import { applicationManifest, applicationsPath } from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { createKubeClient, type KubeClient } from '../harness/kube.ts'

const endpoints = inject('endpoints')
const namespace = 'e2e-orphans'
const name = 'orphans'
let kube: KubeClient
let repository: ScratchRepository

beforeAll(async () => {
  kube = createKubeClient(endpoints.kubeconfig)
  repository = await createScratchRepository('orphans')
  await kube.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
})

afterAll(async () => {
  await repository.close()
  await kube.close()
})

it('deletes what an Application owns also when its status knows of nothing', async () => {
  // as a worker leaves it that dies between its first write and its first status
  const lease = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  await kube.request('POST', lease, {
    metadata: {
      name: 'left',
      labels: { 'driftless.dev/application': applicationLabel('argocd', name) },
      annotations: {
        'argocd.argoproj.io/tracking-id': `${name}:coordination.k8s.io/Lease:${namespace}/left`,
      },
    },
  })
  await repository.push({ 'README.md': 'nothing to deploy' })
  const spec = { syncPolicy: {} }
  const application = applicationManifest({ name, repoURL: repository.url, namespace, spec })
  await kube.request('POST', applicationsPath, application)
  await kube.request('DELETE', `${applicationsPath}/${name}`)
  await eventually(
    () => kube.try('GET', `${applicationsPath}/${name}`),
    ({ status }) => status === 404,
  )
  expect((await kube.try('GET', `${lease}/left`)).status).toBe(404)
})
