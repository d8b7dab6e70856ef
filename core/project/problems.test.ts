import { expect, it } from 'vitest'
import { projectProblems } from './problems.ts'
import { unbuiltProjectFields } from './unbuilt.ts'

const account = { server: '*', namespace: 'shop-*', defaultServiceAccount: 'deployer' }

const window = { kind: 'deny', schedule: '0 22 * * *', duration: '1h', applications: ['*'] }

it('PROJ-14: a project that permits everything has no problem', () => {
  const destinations = [{ server: '*', namespace: '*' }]
  expect(projectProblems({ sourceRepos: ['*', '!https://a/*'], destinations })).toEqual([])
  const others = [{ kind: 'allow' }, { applications: ['a'] }, { timeZone: 'Europe/Berlin' }]
  const syncWindows = [window, ...others.map((other) => ({ ...window, ...other }))]
  expect(projectProblems({ syncWindows })).toEqual([])
  expect(projectProblems({ destinationServiceAccounts: [account] })).toEqual([])
})

it.each([
  ['PROJ-01: !* as a repository', { sourceRepos: ['!*'] }, 'sourceRepos: !* denies'],
  [
    'PROJ-02: !* as a namespace',
    { destinations: [{ namespace: '!*' }] },
    'destinations: !* denies',
  ],
  [
    'WIN-10: a window that stands there twice, whatever it lets happen',
    { syncWindows: [window, { ...window, manualSync: true, timeZone: 'UTC' }] },
    'syncWindows: deny 0 22 * * * for 1h stands there twice',
  ],
  [
    'PROJ-12: a deny rule for service accounts',
    { destinationServiceAccounts: [{ ...account, server: '!*' }] },
    'destinationServiceAccounts: !* is no glob',
  ],
  [
    'PROJ-12: a glob that does not end',
    { destinationServiceAccounts: [{ ...account, namespace: '[[shop*' }] },
    'destinationServiceAccounts: [[shop* is no glob',
  ],
  [
    'PROJ-12: no service account',
    { destinationServiceAccounts: [{ ...account, defaultServiceAccount: ' ' }] },
    'is no service account',
  ],
  [
    'PROJ-09: keys of signatures',
    { signatureKeys: [{ keyID: 'A1' }] },
    'signatureKeys: signatures',
  ],
  [
    'PROJ-10: a policy of signatures',
    { sourceIntegrity: { git: { policies: [{ gpg: { mode: 'strict' } }] } } },
    'sourceIntegrity: signatures',
  ],
])('%s is a problem', (_, spec, expected) => {
  expect(projectProblems(spec)).toEqual([expect.stringContaining(expected)])
})

it('PROJ-10: a policy that asks for nothing is none', () => {
  const policies = [{ gpg: { mode: 'none' } }, {}]
  expect(projectProblems({ sourceIntegrity: { git: { policies } } })).toEqual([])
})

it('names what is read and not acted on, when it asks for something: roles (PROJ-06), expressions that nobody can match (PROJ-03), windows that speak of nobody (WIN-02)', () => {
  const project = (spec: object) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'shop' },
    spec,
  })
  const spec = { roles: [{ name: 'dev' }], destinationServiceAccounts: [], sourceRepos: ['*'] }
  expect(unbuiltProjectFields(project(spec))).toEqual(['spec.roles of the AppProject shop'])
  const sourceNamespaces = ['team-*', '/^team/', '/(a)\\1/']
  expect(unbuiltProjectFields(project({ sourceNamespaces }))).toEqual([
    expect.stringMatching(
      /^spec.sourceNamespaces \(\/\(a\)\\1\/: .* bounded time\) of the AppProject shop$/,
    ),
  ])
  const syncWindows = [window, { ...window, applications: [] }]
  expect(unbuiltProjectFields(project({ syncWindows }))).toEqual([
    'spec.syncWindows (deny 0 22 * * * for 1h names no application, namespace or cluster) of the AppProject shop',
  ])
  expect(unbuiltProjectFields(project({ roles: 7 }))).toEqual([])
  expect(unbuiltProjectFields(undefined)).toEqual([])
})
