import { describe, expect, test } from 'vitest'
import { healthScriptFor, readCustomizations } from './customization.ts'
import { scriptedHealth } from './health/scripted.ts'

const custom = readCustomizations({
  'resource.customizations': `
example.com/Widget:
  health.lua: return old
"*.aws.example.org/*":
  health.lua: |
    return cloud
  health.lua.useOpenLibs: true
admissionregistration.k8s.io/MutatingWebhookConfiguration:
  ignoreDifferences: |
    jsonPointers:
    - /webhooks/0/clientConfig/caBundle
`,
  'resource.customizations.health.example.com_Widget': 'return new',
  'resource.customizations.health.Service': 'return service',
  'resource.customizations.useOpenLibs.example.com_Widget': 'true',
  'resource.customizations.ignoreDifferences.apps_Deployment':
    'jqPathExpressions: [.spec.replicas]',
  'resource.customizations.ignoreDifferences.all':
    'managedFieldsManagers: [kube-controller-manager]',
  'resource.customizations.actions.apps_Deployment': 'definitions: []',
})
const scriptOf = (apiVersion: string, kind: string) =>
  healthScriptFor(custom, { apiVersion, kind, metadata: { name: 'a' } })

describe('HEALTH-21: scripts of the settings', () => {
  test('a key of its own wins over the YAML of all kinds', () => {
    expect(scriptOf('example.com/v1', 'Widget')).toEqual({ lua: 'return new', openLibs: true })
  })
  test('core kinds have no group', () => {
    expect(scriptOf('v1', 'Service')).toEqual({ lua: 'return service', openLibs: false })
    expect(scriptOf('serving.knative.dev/v1', 'Service')).toBeUndefined()
  })
  test('groups may be wildcards', () => {
    expect(scriptOf('s3.aws.example.org/v1', 'Bucket')?.lua.trim()).toBe('return cloud')
    expect(scriptOf('other.org/v1', 'Bucket')).toBeUndefined()
  })
  test.each([
    [
      { status: 'Degraded', message: 'broken' },
      { status: 'Degraded', message: 'broken' },
    ],
    [{ status: 'Healthy' }, { status: 'Healthy' }],
    [{}, undefined],
    [null, undefined],
    [{ status: 'Fine' }, { status: 'Unknown', message: expect.any(String) }],
    ['Healthy', { status: 'Unknown', message: expect.any(String) }],
  ])('%j means %j', (returned, health) => {
    expect(scriptedHealth(returned)).toEqual(health)
  })
})

test('DIFF-08: differences that the settings ignore', () => {
  const lists = { jsonPointers: [], jqPathExpressions: [], managedFieldsManagers: [] }
  expect(custom.ignore).toEqual([
    {
      ...lists,
      group: 'admissionregistration.k8s.io',
      kind: 'MutatingWebhookConfiguration',
      jsonPointers: ['/webhooks/0/clientConfig/caBundle'],
    },
    { ...lists, group: 'apps', kind: 'Deployment', jqPathExpressions: ['.spec.replicas'] },
    { ...lists, group: '*', kind: '*', managedFieldsManagers: ['kube-controller-manager'] },
  ])
})

test('settings that are no YAML are told and left out; the others hold', () => {
  const { health, problems } = readCustomizations({
    'resource.customizations': 'a: [',
    'resource.customizations.ignoreDifferences.all': '{',
    'resource.customizations.health.Service': 'return {}',
  })
  expect(problems).toHaveLength(2)
  expect(problems[0]).toContain('resource.customizations')
  expect([...health.keys()]).toEqual(['Service'])
  expect(readCustomizations({}).problems).toEqual([])
})

test('DIFF-11: fields of known types, in both forms; a type that nobody knows is told', () => {
  const read = readCustomizations({
    'resource.customizations': `
argoproj.io/Rollout:
  knownTypeFields:
  - field: spec.template.spec
    type: core/v1/PodSpec
`,
    'resource.customizations.knownTypeFields.example.com_Widget':
      '- {field: spec.size, type: core/Quantity}\n- {field: spec.name, type: my/Name}',
  })
  expect(read.ignore).toEqual([
    {
      group: 'argoproj.io',
      kind: 'Rollout',
      knownTypeFields: [{ field: 'spec.template.spec', type: 'core/v1/PodSpec' }],
    },
    {
      group: 'example.com',
      kind: 'Widget',
      knownTypeFields: [{ field: 'spec.size', type: 'core/Quantity' }],
    },
  ])
  expect(read.problems).toEqual([expect.stringMatching(/example.com\/Widget.*my\/Name/)])
})
