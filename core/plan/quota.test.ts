import { describe, expect, it } from 'vitest'
import type { ResourceKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { demandOf, overQuota } from './quota.ts'

const quota = (hard: object, used: object, spec: object = { hard }): Manifest => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'team', namespace: 'shop' },
  spec,
  status: { hard, used },
})
const creations = (count: number, demand: Record<string, number>) =>
  Array.from({ length: count }, (_, index) => ({
    key: `/Service/shop/s${index}` as ResourceKey,
    demand,
  }))

describe('what an object takes of a quota', () => {
  it('counts it by its resource, and core kinds by their plain name too', () => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }
    expect(demandOf(deployment, 'deployments')).toEqual({ 'count/deployments.apps': 1 })
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } }
    expect(demandOf(map, 'configmaps')).toEqual({ 'count/configmaps': 1, configmaps: 1 })
  })

  it('counts load balancers and the ports that a Service opens on the nodes', () => {
    const service = (spec: object): Manifest => ({
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
      spec: { ports: [{ port: 80 }, { port: 443 }], ...spec },
    })
    const counts = { 'count/services': 1, services: 1 }
    expect(demandOf(service({ type: 'LoadBalancer' }), 'services')).toEqual({
      ...counts,
      'services.loadbalancers': 1,
      'services.nodeports': 2,
    })
    expect(
      demandOf(service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }), 'services'),
    ).toEqual({ ...counts, 'services.loadbalancers': 1 })
    expect(demandOf(service({}), 'services')).toEqual(counts)
  })

  it('counts the storage of a claim, by its class too', () => {
    const claim: Manifest = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } },
    }
    expect(demandOf(claim, 'persistentvolumeclaims')).toMatchObject({
      'requests.storage': 1024 ** 3,
      'fast.storageclass.storage.k8s.io/requests.storage': 1024 ** 3,
      'fast.storageclass.storage.k8s.io/persistentvolumeclaims': 1,
    })
  })
})

describe('a plan against the quotas of a namespace', () => {
  it('is refused from the object on that finds no room', () => {
    const refused = overQuota(creations(3, { services: 1 }), [
      quota({ services: '5' }, { services: '3' }),
    ])
    expect(refused).toEqual([
      {
        key: '/Service/shop/s2',
        message:
          'exceeded quota: team, services: used 3, limited 5, and the plan creates 2 before this one',
      },
    ])
  })

  it('finds room up to the limit, and in what the quota does not limit', () => {
    const quotas = [quota({ services: '5', pods: '0' }, { services: '3', pods: '0' })]
    expect(overQuota(creations(2, { services: 1 }), quotas)).toEqual([])
  })

  it('is judged by every quota, and a small object may fit where a big one did not', () => {
    const sizes = [8, 3].map((size, index) => ({
      key: `/PersistentVolumeClaim/shop/c${index}` as ResourceKey,
      demand: { 'requests.storage': size },
    }))
    const quotas = [
      quota({ 'requests.storage': '10' }, { 'requests.storage': '0' }),
      quota({ 'requests.storage': '5' }, { 'requests.storage': '0' }),
    ]
    expect(overQuota(sizes, quotas).map(({ key }) => key)).toEqual([sizes[0]?.key])
  })

  it('is not judged by a quota with scopes, nor by one that nobody has counted yet', () => {
    const scoped = quota({ services: '0' }, { services: '0' }, { scopes: ['Terminating'] })
    const uncounted = { ...quota({ services: '0' }, {}), status: {} }
    expect(overQuota(creations(1, { services: 1 }), [scoped, uncounted])).toEqual([])
  })
})
