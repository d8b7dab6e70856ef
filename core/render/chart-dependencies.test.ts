import { describe, expect, it, test } from 'vitest'
import {
  checkDependency,
  dependenciesOf,
  isPublicAddress,
  isVendored,
  lockedVersion,
} from './chart-dependencies.ts'

const redis = { name: 'redis', repository: 'https://charts.example.com', version: '^1.2.0' }

describe('the dependencies of a chart (HELM-22)', () => {
  it('are a list of names, repositories and versions', () => {
    const listed = [{ name: 'redis', repository: redis.repository, version: '^1.2.0' }, null, {}]
    expect(dependenciesOf({ dependencies: listed })).toEqual([redis])
    expect(dependenciesOf({ dependencies: [{ name: 'a' }] })).toEqual([
      { name: 'a', repository: '', version: '*' },
    ])
    expect(dependenciesOf('text')).toEqual([])
  })

  it.each([
    [['redis/Chart.yaml'], true],
    [['redis-1.2.3.tgz'], true],
    [['redis-cluster-1.2.3.tgz', 'redis-ha/Chart.yaml', 'redis/values.yaml'], false],
  ])('are vendored when charts/ holds %j: %s', (files, expected) => {
    expect(isVendored(redis, files)).toBe(expected)
  })

  it('have the version of the lock, which must fit what the chart asks for', () => {
    const lock = [
      { ...redis, version: '2.0.0' },
      { ...redis, version: '1.4.2' },
    ]
    expect(lockedVersion(redis, lock, 'web/Chart.lock')).toBe('1.4.2')
    expect(() => lockedVersion({ ...redis, version: '3.x' }, lock, 'web/Chart.lock')).toThrow(
      'web/Chart.lock has no redis 3.x; run helm dependency update',
    )
  })

  it.each([
    { ...redis, name: '--post-renderer=x' },
    { ...redis, repository: '' },
    { ...redis, repository: '@internal' },
    { ...redis, repository: 'https://kim:secret@charts.example.com' },
    { ...redis, repository: 'ftp://charts.example.com' },
  ])('that are nothing to fetch are refused with their file: %j (H13)', (dependency) => {
    expect(() => checkDependency(dependency, 'web/Chart.yaml')).toThrow(/^web\/Chart\.yaml: /)
  })
})

test.each([
  ['https://charts.example.com/stable', true],
  ['oci://registry.example.com/team', true],
  ['http://charts.example.com', false],
  ['https://127.0.0.1/', false],
  ['https://[::1]/', false],
  ['https://2130706433/', false],
  ['https://169.254.169.254/latest', false],
  ['https://kubernetes.default.svc', false],
  ['https://metadata.google.internal', false],
  ['https://localhost', false],
])('strangers may name %s: %s (H3)', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected)
})
