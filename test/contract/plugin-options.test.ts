import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { ApplicationSource } from '../../core/application.ts'
import { configMap } from '../harness/application.ts'
import { renderCasesOf } from './render-cases.ts'

type Plugin = NonNullable<ApplicationSource['plugin']>

const sh = (script: string) => ({ command: ['sh', '-c', script] })
/** Writes a ConfigMap whose `value` is what the shell makes of the text. */
const writes = (text: string) =>
  sh(
    `cat <<EOF\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: made}\ndata:\n  value: '${text}'\nEOF`,
  )
const plugins = {
  env: {
    version: 'v1',
    generate: writes('$ARGOCD_ENV_COLOR $PARAM_SIZE $PARAM_HOSTS_1 $PARAM_LABELS_TEAM'),
    parameters: { static: [{ name: 'size', required: true }] },
  },
  json: { generate: writes('$ARGOCD_APP_PARAMETERS') },
  found: { generate: writes('found'), discover: { find: { glob: '**/mark.txt' } } },
  commanded: {
    generate: writes('commanded'),
    discover: { find: sh('ls command.txt') },
  },
  copy: {
    init: sh('test ! -e ../written && echo "$ARGOCD_APP_NAME" > ../written'),
    generate: writes('$(cat ../written) $(ls ..)'),
  },
  program: { preserveFileMode: true, generate: writes('$(./run.sh)') },
  modeless: { generate: writes('$(test -x run.sh || echo no program)') },
}
const files = {
  'plain/plain.txt': 'text',
  'marked/deep/mark.txt': '',
  'marked/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n',
  'command/command.txt': '',
  'kustomized/kustomization.yaml': 'resources: [a.yaml]\n',
  'kustomized/a.yaml': configMap('a', 'main'),
  'README.md': 'not for plugins',
}
const cases = renderCasesOf(
  files,
  { 'reposerver.plugin.tar.exclusions': '*.md;marked/**' },
  plugins,
)

const madeOf = async (source: ApplicationSource, name = 'web') => {
  const [object] = await cases.render(source, { name })
  return (object?.data as { value?: string } | undefined)?.value
}
const plain = (plugin: Plugin) => ({ path: 'plain', plugin })

describe('a plugin', () => {
  it('is chosen by its name with its version, or by the folder, where a command that fails takes none (DIR-07, DIR-10)', async () => {
    expect(await madeOf({ path: 'marked' })).toBe('found')
    expect(await madeOf({ path: 'command' })).toBe('commanded')
    const unknown = await cases.refusal(plain({ name: 'env' }))
    expect(unknown).toMatch(/there is no plugin env here \(there is .*env-v1/)
    const nobody = await cases.refusal(plain({ env: [{ name: 'A', value: 'b' }] }))
    expect(nobody).toContain('no plugin takes the folder plain')
    const other = await cases.refusal(plain({ name: 'found' }))
    expect(other).toBe('the plugin found does not take the folder plain')
  })

  it('is given variables and parameters of every type (DIR-08, DIR-09)', async () => {
    const parameters = [
      { name: 'size', string: 'large' },
      { name: 'hosts', array: ['a', 'b'] },
      { name: 'labels', map: { team: 'shop' } },
    ]
    const env = [{ name: 'COLOR', value: 'red for $ARGOCD_APP_NAME' }]
    const given = { name: 'env-v1', env, parameters }
    expect(await madeOf(plain(given))).toBe('red for web large b shop')
    const [size] = parameters
    expect(await madeOf(plain({ name: 'json', parameters: [size ?? {}] }))).toBe(
      '[{"name":"size","string":"large"}]',
    )
    expect(await cases.refusal(plain({ name: 'env-v1' }))).toContain('env-v1 needs size')
  })

  it('works in a copy of its own without what it is not to see (DIR-11, SRC-22)', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `web-${index}`)
    const values = names.map((name) => madeOf(plain({ name: 'copy' }), name))
    expect(await Promise.all(values)).toEqual(
      names.map((name) => expect.stringMatching(new RegExp(`^${name} command kustomized plain`))),
    )
    expect(await values[0]).not.toMatch(/README|marked/)
  })

  it('may run the programs of the repository where it asks for their modes (DIR-10)', async () => {
    const script = join(fileURLToPath(cases.url), 'plain', 'run.sh')
    writeFileSync(script, '#!/bin/sh\necho from the program\n')
    chmodSync(script, 0o755)
    await cases.branch('programs', {})
    const at = (name: string) => ({ ...plain({ name }), targetRevision: 'programs' })
    expect(await madeOf(at('program'))).toBe('from the program')
    expect(await madeOf(at('modeless'))).toBe('no program')
  })
})

describe('renders of one repository at the same time', () => {
  it('do not see each other, whatever their revisions and options (SRC-22)', async () => {
    await cases.branch('next', { 'kustomized/a.yaml': configMap('a', 'next') })
    const asked = ['main', 'next', 'main', 'next'].map(async (targetRevision, index) => {
      const kustomize = { namePrefix: `p${index}-` }
      const [object] = await cases.render({ path: 'kustomized', targetRevision, kustomize })
      return [object?.metadata.name, object?.data]
    })
    expect(await Promise.all(asked)).toEqual([
      ['p0-a', { value: 'main' }],
      ['p1-a', { value: 'next' }],
      ['p2-a', { value: 'main' }],
      ['p3-a', { value: 'next' }],
    ])
  })
})
