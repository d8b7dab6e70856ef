import { describe, expect, it } from 'vitest'
import { InvalidSpecError } from '../errors.ts'
import { readPlugin } from './plugin.ts'
import { pluginEnvironment } from './plugin-environment.ts'
import { checkParameters } from './plugin-parameters.ts'

const head = 'apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\n'

describe('a ConfigManagementPlugin', () => {
  it('is read with its version in its name, and its arguments behind its command (DIR-07, DIR-10)', () => {
    const text = `${head}metadata:
  name: stamp
  annotations: {driftless.dev/plugin-network: "true"}
spec:
  version: v1.0
  init: {command: [sh], args: [-c, echo one]}
  generate: {command: [stamp, render]}
  discover: {fileName: ./stamp*.yaml}
`
    expect(readPlugin(text, 'stamp.yaml')).toEqual({
      name: 'stamp-v1.0',
      init: ['sh', '-c', 'echo one'],
      generate: ['stamp', 'render'],
      discover: { glob: 'stamp*.yaml' },
      mayUseNetwork: true,
    })
  })

  it('announces parameters, of which the required have to be given as what they are (DIR-09, DIR-10)', () => {
    const text = `${head}metadata: {name: stamp}
spec:
  generate: {command: [stamp]}
  preserveFileMode: true
  parameters:
    static:
      - {name: size, title: Size, required: true, string: small}
      - {name: hosts, collectionType: array, array: [a]}
    dynamic: {command: [stamp, announce]}
`
    const { parameters = [], keepsModes } = readPlugin(text, 'stamp.yaml')
    expect(keepsModes).toBe(true)
    const check = (given: Parameters<typeof checkParameters>[1]) => () =>
      checkParameters(parameters, given, 'stamp')
    const size = { name: 'size', string: 'large' }
    expect(check([size, { name: 'hosts', array: [] }, { name: 'other', map: {} }])).not.toThrow()
    expect(check([])).toThrow('spec.source.plugin.parameters: the plugin stamp needs size; give')
    expect(check([size, { name: 'hosts', string: 'a' }])).toThrow(
      'hosts has to be given as array to the plugin stamp',
    )
  })

  it('that cannot be used is refused with its file and fields', () => {
    const text = `${head}metadata: {name: stamp}\nspec: {generate: {command: []}, provideGitCreds: true}\n`
    const read = () => readPlugin(text, 'plugins/stamp.yaml')
    expect(read).toThrow(InvalidSpecError)
    expect(read).toThrow(
      /plugins\/stamp\.yaml.*spec\.generate\.command.*spec\.provideGitCreds: is not there yet/,
    )
    expect(() => readPlugin('a: [', 'stamp.yaml')).toThrow('stamp.yaml:1')
  })
})

describe('the variables of a plugin', () => {
  const environment = {
    ...{ appName: 'shop', appNamespace: 'prod', project: 'default', revision: 'abcdef1234' },
    ...{ path: 'a', repoURL: 'https://git.example.com/a.git', targetRevision: 'main' },
    capabilities: { kubeVersion: 'v1.33.0', apiVersions: ['v1', 'apps/v1'] },
  }

  it('are the build environment, ARGOCD_ENV_* and PARAM_* (SRC-13, DIR-08, DIR-09)', () => {
    const parameters = [
      { name: 'image-tag', string: '1.0' },
      { name: 'hosts', array: ['a', 'b'] },
      { name: 'labels', map: { 'app.team': 'shop' } },
    ]
    const env = [{ name: 'PATH', value: '$ARGOCD_APP_NAME/x' }]
    const found = pluginEnvironment({ env, parameters }, environment)
    expect(found).toMatchObject({
      ARGOCD_APP_NAME: 'shop',
      ARGOCD_APP_REVISION_SHORT: 'abcdef1',
      ARGOCD_ENV_PATH: 'shop/x',
      KUBE_VERSION: 'v1.33.0',
      KUBE_API_VERSIONS: 'v1,apps/v1',
      PARAM_IMAGE_TAG: '1.0',
      PARAM_HOSTS_0: 'a',
      PARAM_HOSTS_1: 'b',
      PARAM_LABELS_APP_TEAM: 'shop',
      ARGOCD_APP_PARAMETERS: JSON.stringify(parameters),
    })
    expect(Object.keys(found).filter((name) => !/^(ARGOCD|PARAM|KUBE)_/.test(name))).toEqual([])
  })

  it('with names or values that no environment can hold are refused', () => {
    const refused = (env: { name: string; value: string }[]) => () =>
      pluginEnvironment({ env }, environment)
    expect(refused([{ name: 'A=B', value: '' }])).toThrow('A=B is no name')
    expect(refused([{ name: 'A', value: 'x\0y' }])).toThrow('ARGOCD_ENV_A holds a NUL')
  })
})
