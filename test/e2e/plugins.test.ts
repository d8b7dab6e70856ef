import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { failureOf, isDeployed, whenApplication } from '../harness/application.ts'
import { openRenderScene, type RenderScene } from './render-scene.ts'

const namespace = 'e2e-plugins'
const generate = `sed "s/COLOR/$ARGOCD_ENV_COLOR/; s/SIZE/$PARAM_SIZE/; s/PREPARED/$(cat prepared)/" config.tmpl
printf '  home: "%s"\\n' "$(ls -A $HOME)"
test -z "$FAIL$ARGOCD_ENV_FAIL" || { echo "no color $ARGOCD_ENV_FAIL" >&2; exit 3; }
`
const template = `apiVersion: v1
kind: ConfigMap
metadata: {name: stamped}
data:
  color: COLOR
  size: SIZE
  prepared: PREPARED
`
let scene: RenderScene
let head = ''

/** Declares a plugin as an operator does. */
function declare(name: string, spec: object): void {
  const folder = join(inject('stackDir'), 'plugins')
  mkdirSync(folder, { recursive: true })
  const kind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ConfigManagementPlugin' }
  writeFileSync(join(folder, `${name}.yaml`), JSON.stringify({ ...kind, metadata: { name }, spec }))
}

beforeAll(async () => {
  scene = await openRenderScene(inject('endpoints'), namespace)
  declare('stamp', {
    version: 'v1',
    preserveFileMode: true,
    init: { command: ['sh', '-c', 'test ! -e prepared && echo "$ARGOCD_APP_NAME" > prepared'] },
    generate: { command: ['sh', '-c'], args: [generate] },
  })
  declare('marked', {
    generate: { command: ['cat', 'marked/config.txt'] },
    discover: { find: { glob: '**/e2e-plugins.marker' } },
  })
  head = await scene.repository.push({
    'stamp/config.tmpl': template,
    'found/marked/e2e-plugins.marker': '',
    'found/marked/config.txt': template.replace('stamped', 'found'),
    // a plugin that takes the folder goes before the tools
    'found/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
  })
})
afterAll(() => scene.close())

describe('a plugin', () => {
  it('makes the manifests of a source that names it, from its environment and parameters, in a copy of its own (DIR-07, DIR-08, DIR-09, DIR-10, DIR-11)', async () => {
    await scene.deploy('stamp', {
      path: 'stamp',
      plugin: {
        name: 'stamp-v1',
        env: [{ name: 'COLOR', value: 'red' }],
        parameters: [{ name: 'size', string: 'large' }],
      },
    })
    const { status } = await whenApplication(scene.kube, 'stamp', isDeployed(head))
    expect(await scene.data('stamped')).toEqual({
      ...{ color: 'red', size: 'large', prepared: 'stamp', home: '' },
    })
    expect(status?.sourceType).toBe('Plugin')
    expect(status?.conditions ?? []).toEqual([])
  })

  it('takes the folders that it discovers, before the tools (DIR-10)', async () => {
    await scene.deploy('stamp-found', { path: 'found' })
    const { status } = await whenApplication(scene.kube, 'stamp-found', isDeployed(head))
    expect(status?.sourceType).toBe('Plugin')
    expect(await scene.data('found')).toMatchObject({ color: 'COLOR' })
  })

  it('that fails is told with its last words and without the values that it was given', async () => {
    const plugin = { name: 'stamp-v1', env: [{ name: 'FAIL', value: 'hunter-secret' }] }
    await scene.deploy('stamp-fails', { path: 'stamp', plugin })
    expect(await failureOf(scene.kube, 'stamp-fails')).toMatchObject({
      cause: 'render',
      evidence: expect.stringMatching(/plugin stamp-v1: no color \*\*\*/),
    })
  })

  it('that nobody declared is told with those that there are', async () => {
    await scene.deploy('stamp-unknown', { path: 'stamp', plugin: { name: 'stamp' } })
    expect(await failureOf(scene.kube, 'stamp-unknown')).toMatchObject({
      cause: 'render',
      evidence: expect.stringMatching(/no plugin stamp here \(there is marked, stamp-v1\)/),
    })
  })
})
