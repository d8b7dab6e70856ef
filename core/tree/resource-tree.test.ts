import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import type { ResourceStatus } from '../status/status.ts'
import { resourceTree } from './resource-tree.ts'

const declared = (group: string, kind: string, name: string): ResourceStatus => ({
  ...{ group, version: 'v1', kind, namespace: 'shop', name, status: 'Synced' },
})
const live = (apiVersion: string, kind: string, name: string, owner?: Manifest): Manifest => ({
  apiVersion,
  kind,
  metadata: {
    ...{ name, namespace: 'shop', uid: `uid-${kind}-${name}` },
    ...(owner !== undefined && {
      ownerReferences: [
        {
          ...{ apiVersion: owner.apiVersion, kind: owner.kind },
          ...{ name: owner.metadata.name ?? '', uid: owner.metadata.uid ?? '' },
        },
      ],
    }),
  },
})
const deployment = live('apps/v1', 'Deployment', 'web')
const replicas = live('apps/v1', 'ReplicaSet', 'web-1', deployment)
const pod: Manifest = {
  ...live('v1', 'Pod', 'web-1-x', replicas),
  spec: { containers: [{ name: 'web', image: 'nginx:1.27' }], nodeName: 'node-0' },
  status: { phase: 'Running', containerStatuses: [{ ready: true, restartCount: 2 }] },
}

describe('the tree of an application (API-11)', () => {
  it('follows owner references down from the managed objects, whatever the order', () => {
    const stranger = live('v1', 'Pod', 'stranger')
    const { nodes } = resourceTree(
      [declared('apps', 'Deployment', 'web')],
      [pod, stranger, replicas, deployment],
    )
    expect(nodes.map(({ kind, name, parentRefs }) => [kind, name, parentRefs?.[0]?.name])).toEqual([
      ['Deployment', 'web', undefined],
      ['ReplicaSet', 'web-1', 'web'],
      ['Pod', 'web-1-x', 'web-1'],
    ])
  })

  it('tells the state of a Pod', () => {
    const { nodes } = resourceTree(
      [declared('apps', 'Deployment', 'web')],
      [deployment, replicas, pod],
    )
    expect(nodes.at(-1)).toMatchObject({
      images: ['nginx:1.27'],
      info: [
        { name: 'Status Reason', value: 'Running' },
        { name: 'Node', value: 'node-0' },
        { name: 'Containers', value: '1/1' },
        { name: 'Restart Count', value: '2' },
      ],
    })
  })

  it('shows a managed object that is not live as Missing', () => {
    const { nodes } = resourceTree([declared('', 'ConfigMap', 'gone')], [])
    expect(nodes).toEqual([
      {
        ...{ group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'gone' },
        health: { status: 'Missing' },
      },
    ])
  })

  it('hangs Endpoints, which name no owner, under the Service of their name', () => {
    const service = live('v1', 'Service', 'web')
    const { nodes } = resourceTree(
      [declared('', 'Service', 'web')],
      [live('v1', 'Endpoints', 'web'), live('v1', 'Endpoints', 'other'), service],
    )
    expect(nodes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'Service web',
      'Endpoints web',
    ])
  })

  it('ends although objects own one another', () => {
    const first = live('v1', 'ConfigMap', 'first', live('v1', 'ConfigMap', 'second'))
    const second = live('v1', 'ConfigMap', 'second', first)
    expect(resourceTree([declared('', 'ConfigMap', 'first')], [first, second]).nodes).toHaveLength(
      2,
    )
  })
})
