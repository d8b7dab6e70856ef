import { describe, expect, it } from 'vitest'
import { readApplication } from '../application.ts'
import type { Manifest } from '../manifest/manifest.ts'
import {
  failsOnShared,
  isPrunedLast,
  prunePropagation,
  remedyFor,
  writeWayOf,
} from './write-way.ts'

const application = (...syncOptions: readonly string[]) =>
  readApplication({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'argocd' },
    spec: { project: 'default', destination: {}, syncPolicy: { syncOptions } },
  }).application
const object = (options?: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'config',
    ...(options !== undefined && { annotations: { 'argocd.argoproj.io/sync-options': options } }),
  },
})

describe('the way in which an object is written', () => {
  it('is a validated apply unless somebody asks for another', () => {
    expect(writeWayOf(application(), object())).toEqual({
      replace: false,
      force: false,
      validate: true,
      mayBeUnknown: false,
      adoptKubectl: true,
      clientSide: false,
    })
  })

  it.each([
    ['Replace', 'true', { replace: true }],
    ['Force', 'true', { force: true }],
    ['Validate', 'false', { validate: false }],
    ['SkipDryRunOnMissingResource', 'true', { mayBeUnknown: true }],
    ['ClientSideApplyMigration', 'false', { adoptKubectl: false }],
    ['ServerSideApply', 'false', { clientSide: true }],
  ])(
    'takes %s=%s from the Application and from the object (OPT-05, OPT-06, OPT-10, OPT-11, OPT-12, OPT-13)',
    (name, value, expected) => {
      expect(writeWayOf(application(`${name}=${value}`), object())).toMatchObject(expected)
      expect(writeWayOf(application(), object(`Prune=false, ${name}=${value}`))).toMatchObject(
        expected,
      )
    },
  )

  it('follows the object where it and the Application disagree', () => {
    const way = writeWayOf(application('Replace=true', 'Force=true'), object('Replace=false'))
    expect(way).toMatchObject({ replace: false, force: true })
    const own = writeWayOf(application('ServerSideApply=false'), object('ServerSideApply=true'))
    expect(own.clientSide).toBe(false)
  })
})

it('is replaced or forced when the live object says so (OPT-10, OPT-11)', () => {
  const live = object('Replace=true,Force=true,ServerSideApply=false')
  expect(writeWayOf(application(), object(), live)).toMatchObject({
    ...{ replace: true, force: true, clientSide: false },
  })
})

describe('a prune', () => {
  it.each([
    [[], 'Foreground'],
    [['PrunePropagationPolicy=background'], 'Background'],
    [['PrunePropagationPolicy=orphan'], 'Orphan'],
    [['PrunePropagationPolicy=orphan', 'PrunePropagationPolicy=foreground'], 'Foreground'],
  ] as const)(
    'with %j leaves what the object owns to %s deletion (OPT-08)',
    (options, expected) => {
      expect(prunePropagation(application(...options))).toBe(expected)
    },
  )

  it('is last where the Application or the live object says so (OPT-09)', () => {
    expect(isPrunedLast(application('PruneLast=true'), object())).toBe(true)
    expect(isPrunedLast(application(), object('PruneLast=true'))).toBe(true)
    expect(isPrunedLast(application(), object())).toBe(false)
  })
})

it('fails on shared objects only when that is asked for (OPT-14)', () => {
  expect(failsOnShared(application())).toBe(false)
  expect(failsOnShared(application('FailOnSharedResource=true'))).toBe(true)
})

describe('the remedy for a refusal', () => {
  it.each([
    'Job.batch "x" is invalid: spec.template: Invalid value: {}: field is immutable',
    'StatefulSet.apps "x" is invalid: spec: Forbidden: updates to statefulset spec for fields other than \'replicas\' are forbidden',
    'RoleBinding.rbac.authorization.k8s.io "x" is invalid: roleRef: Invalid value: {}: cannot change roleRef',
  ])('names how to have the object made anew: %s (SYNC-11)', (message) => {
    expect(remedyFor(message)).toContain('Replace=true,Force=true')
  })

  it('names how to apply what server-side apply cannot tell apart (OPT-12)', () => {
    const message = '.spec.containers[name="c"].env: duplicate entries for key [name="A"]'
    expect(remedyFor(message)).toContain('sync-options: ServerSideApply=false')
  })

  it('is none where a change of the object is what is asked for', () => {
    expect(remedyFor('spec.ports[0].port: Invalid value: 99999')).toBe('')
  })
})
