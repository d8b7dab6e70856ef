import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyFrom, keyOf } from './key.ts'
import type { Manifest } from './manifest.ts'
import {
  annotationOnly,
  applicationLabelKey,
  claimedBy,
  instanceName,
  isOwned,
  parseTrackingId,
  readMarks,
  trackingAnnotationKey,
  trackingId,
  withTracking,
} from './tracking.ts'

const deployment: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', labels: { a: 'b' } },
}
const tracking = { instance: 'shop', label: '0123456789abcdef0123' }
const tracked = withTracking(deployment, tracking)

test('TRACK-01: the id names application and object', () => {
  expect(trackingId('shop', keyOf(deployment))).toBe('shop:apps/Deployment:shop/web')
  const role = keyFrom({
    group: 'rbac.authorization.k8s.io',
    kind: 'ClusterRole',
    namespace: '',
    name: 'system:a',
  })
  expect(trackingId('shop', role)).toBe('shop:rbac.authorization.k8s.io/ClusterRole:/system:a')
})

test('TRACK-06: applications outside the control namespace are qualified', () => {
  expect(instanceName({ namespace: 'argocd', name: 'web' }, 'argocd')).toBe('web')
  expect(instanceName({ namespace: 'team', name: 'web' }, 'argocd')).toBe('team_web')
})

test('an id that was written can be read back', () => {
  const word = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,12}$/)
  const name = fc.stringMatching(/^[a-z0-9:.-]{1,20}$/)
  const maybe = fc.option(word, { nil: '' })
  fc.assert(
    fc.property(word, maybe, word, maybe, name, (instance, group, kind, namespace, own) => {
      const parts = { group, kind, namespace, name: own }
      expect(parseTrackingId(trackingId(instance, keyFrom(parts)))).toEqual({ instance, ...parts })
    }),
  )
})

test.each(['', 'shop', 'shop:apps/Deployment', 'shop:Deployment:shop/web', ':apps/A:b/c'])(
  '%j is no tracking id',
  (text) => expect(parseTrackingId(text)).toBeUndefined(),
)

describe('ownership', () => {
  test('an object that we tracked is ours and nobody else’s', () => {
    expect(isOwned(tracked, 'shop')).toBe(true)
    expect(isOwned(tracked, 'other')).toBe(false)
    expect(isOwned(deployment, 'shop')).toBe(false)
  })

  test('TRACK-04: an annotation that was copied to another object does not make it ours', () => {
    const { metadata } = tracked
    expect(isOwned({ ...tracked, metadata: { ...metadata, name: 'copy' } }, 'shop')).toBe(false)
    expect(isOwned({ ...tracked, kind: 'ReplicaSet' }, 'shop')).toBe(false)
  })

  test('TRACK-08: what a controller owns is not ours; another kind of owner does not matter', () => {
    const owner = { apiVersion: 'v1', kind: 'Service', name: 'web', uid: '1' }
    const owned = (controller: boolean): Manifest => ({
      ...tracked,
      metadata: { ...tracked.metadata, ownerReferences: [{ ...owner, controller }] },
    })
    expect(isOwned(owned(true), 'shop')).toBe(false)
    expect(isOwned(owned(false), 'shop')).toBe(true)
  })
})

test('tracking adds one annotation and one label and changes nothing else', () => {
  expect(tracked).toEqual({
    ...deployment,
    metadata: {
      ...deployment.metadata,
      labels: { a: 'b', [applicationLabelKey]: tracking.label },
      annotations: { [trackingAnnotationKey]: 'shop:apps/Deployment:shop/web' },
    },
  })
})

test('TRACK-07: a CRD gets no tracking, so it is never pruned', () => {
  const crd: Manifest = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'a.example.com' },
  }
  expect(withTracking(crd, tracking)).toBe(crd)
})

describe('the tracking method of the settings', () => {
  const byLabel = readMarks({ 'application.resourceTrackingMethod': 'label' })
  const both = readMarks({
    'application.resourceTrackingMethod': 'annotation+label',
    'application.instanceLabelKey': 'example.com/app',
    installationID: 'west',
  })
  const unmarked = (metadata: object): Manifest => ({
    ...deployment,
    metadata: { ...deployment.metadata, ...metadata },
  })
  const managedFields = [{ manager: 'argocd-controller', operation: 'Update' }]

  test('TRACK-02, TRACK-03, TRACK-05: adds its marks to ours', () => {
    const { labels, annotations } = withTracking(deployment, { ...tracking, marks: both }).metadata
    expect(labels).toEqual({
      a: 'b',
      'example.com/app': 'shop',
      [applicationLabelKey]: tracking.label,
    })
    expect(annotations?.['argocd.argoproj.io/installation-id']).toBe('west')
    expect(annotations?.[trackingAnnotationKey]).toBe('shop:apps/Deployment:shop/web')
    const long = withTracking(deployment, {
      ...tracking,
      instance: `${'a'.repeat(62)}-b`,
      marks: both,
    })
    expect(long.metadata.labels?.['example.com/app']).toBe('a'.repeat(62))
  })

  test('TRACK-02: by label counts only what Argo CD applied: charts set that label too', () => {
    const labels = { 'app.kubernetes.io/instance': 'shop' }
    expect(claimedBy(unmarked({ labels, managedFields }), byLabel)).toBe('shop')
    expect(claimedBy(unmarked({ labels }), byLabel)).toBeUndefined()
    expect(claimedBy(unmarked({ labels, managedFields }), annotationOnly)).toBeUndefined()
  })

  test('TRACK-05: what another installation tracks is nobody’s here', () => {
    const theirs = withTracking(deployment, { ...tracking, marks: both })
    expect(claimedBy(theirs, both)).toBe('shop')
    expect(claimedBy(theirs, annotationOnly)).toBeUndefined()
    expect(claimedBy(tracked, both)).toBeUndefined()
  })
})
