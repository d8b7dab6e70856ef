import { describe, expect, it } from 'vitest'
import type { ApplicationSource } from '../../core/application.ts'
import { configMap } from '../harness/application.ts'
import { renderCasesOf } from './render-cases.ts'

type Directory = NonNullable<ApplicationSource['directory']>

const files = {
  'app/a.yaml': configMap('a', '1'),
  'app/b.yml': configMap('b', '1'),
  'app/c.json': JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'c' } }),
  'app/d.jsonnet': `{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'd' } }`,
  'app/e.tmpl': configMap('e', '1'),
  'app/skipped.yaml': '# +argocd:skip-file-rendering\n{{ no yaml',
  'app/skipped.jsonnet': '# +argocd:skip-file-rendering\nerror "it is run"',
  'app/values.yaml': 'replicas: 3\n',
  'app/README.md': 'a: b: c\n',
  'app/deep/f.yaml': configMap('f', '1'),
  'app/deep/deeper/g.yaml': configMap('g', '1'),
  'large/a.yaml': configMap('a', 'x'.repeat(600)),
  'large/b.yaml': configMap('b', 'x'.repeat(600)),
  'large/c.yaml': 'a: b\n',
  'wrong/deep/a.yaml': `${configMap('a', '1')}---\napiVersion: v1\nkind: ConfigMap\n`,
}
const cases = renderCasesOf(files, { 'reposerver.max.combined.directory.manifests.size': '1k' })

async function names(directory?: Directory, path = 'app'): Promise<string> {
  const found = await cases.render({ path, ...(directory && { directory }) })
  return found.map(({ metadata }) => metadata.name).join(' ')
}

describe('of a directory', () => {
  it('the manifests and programs of the top folder count, or of all folders (DIR-01, DIR-03)', async () => {
    expect(await names()).toBe('a b c d')
    expect(await names({ recurse: true })).toBe('a b c g f d')
  })

  it('those that are included count, and none that is excluded (DIR-02)', async () => {
    expect(await names({ include: '{a,d}.*' })).toBe('a d')
    expect(await names({ recurse: true, include: 'deep/*' })).toBe('g f')
    expect(await names({ exclude: '*.{yml,json,jsonnet}' })).toBe('a')
    expect(await names({ include: '*', exclude: '*' })).toBe('')
  })

  it('files of every extension count where the filter is off (DIR-03)', async () => {
    const exclude = 'README.md'
    expect(await names({ disableExtensionFilter: true, exclude })).toBe('a b c e d')
  })

  it('a file that asks for it is skipped, and one that declares nothing is none (DIR-04)', async () => {
    expect(await names({ include: '{skipped,values}.{yaml,jsonnet}' })).toBe('')
  })

  it('the manifests have only so many bytes together as the operator permits (SRC-19)', async () => {
    expect(await names({ exclude: 'b.yaml' }, 'large')).toBe('a')
    expect(await cases.refusal({ path: 'large' })).toMatch(
      /^the manifests of the folder large have more than 1000 bytes together; leave files out/,
    )
  })

  it('a file that is wrong is told by its whole path and its line', async () => {
    const refusal = await cases.refusal({ path: 'wrong', directory: { recurse: true } })
    expect(refusal).toMatch(/^wrong\/deep\/a\.yaml:\d+: ConfigMap: metadata\.name is missing/)
  })
})
