import { describe, expect, it } from 'vitest'
import type { ApplicationSource } from '../../core/application.ts'
import { openRenderCases, renderCasesOf } from './render-cases.ts'

type Jsonnet = NonNullable<NonNullable<ApplicationSource['directory']>['jsonnet']>

const hostile = {
  absolute: `{ x: importstr '/etc/hostname' }`,
  verbatim: `{ x: importstr @"/etc/hostname" }`,
  outside: `{ x: importstr '../../../etc/hostname' }`,
  hidden: `local a = "// import '"; { x: importstr '/etc/hostname' }`,
}
const map = (name: string, data: string) =>
  `{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '${name}' }, data: ${data} }`
const files = {
  'vars/a.jsonnet': map('a', `{ text: std.extVar('text'), sum: std.extVar('sum') + 1 }`),
  'args/a.jsonnet': `function(size='small', more={}) ${map('a', '{ size: size } + more')}`,
  'libs/a.jsonnet': `[${map('a', `import 'one.libsonnet'`)}, null, [${map('b', '{}')}]]`,
  'first/one.libsonnet': `{ from: 'first' }`,
  'second/one.libsonnet': `{ from: 'second' }`,
  'off/a.jsonnet': `error 'it is run'`,
  'broken/x.jsonnet': `error 'with ' + std.extVar('secret')`,
  ...Object.fromEntries(
    Object.entries(hostile).map(([name, text]) => [`hostile/${name}/x.jsonnet`, text]),
  ),
}
const cases = renderCasesOf(files)

const source = (path: string, jsonnet: Jsonnet) => ({ path, directory: { jsonnet } })
async function dataOf(path: string, jsonnet: Jsonnet): Promise<readonly unknown[]> {
  return (await cases.render(source(path, jsonnet))).map(({ data }) => data)
}

describe('a Jsonnet program', () => {
  it('is given variables, as text or as code (DIR-05, SRC-13)', async () => {
    const text = { name: 'text', value: '$ARGOCD_APP_NAME, 1 + 1' }
    const sum = { name: 'sum', value: '1 + 1', code: true }
    expect(await dataOf('vars', { extVars: [text, sum] })).toEqual([{ text: 'rel, 1 + 1', sum: 3 }])
  })

  it('is given arguments, as text or as code (DIR-05)', async () => {
    const tlas = [
      { name: 'size', value: 'large' },
      { name: 'more', value: `{ a: 'b' }`, code: true },
    ]
    expect(await dataOf('args', { tlas })).toEqual([{ size: 'large', a: 'b' }])
    expect(await dataOf('args', { libs: ['first'] })).toEqual([{ size: 'small' }])
  })

  it('finds its imports in the libraries, in the last one first (DIR-06)', async () => {
    expect(await dataOf('libs', { libs: ['first', 'second'] })).toEqual([{ from: 'second' }, {}])
    expect(await dataOf('libs', { libs: ['second', 'first'] })).toEqual([{ from: 'first' }, {}])
    const outside = await cases.refusal(source('libs', { libs: ['../../etc'] }))
    expect(outside).toContain('leaves the repository')
  })

  it('is no program where the operator switched them off (SRC-11)', async () => {
    const settings = await openRenderCases({ 'jsonnet.enable': 'false' })
    expect(await settings.render(await settings.repository(files), { path: 'off' })).toEqual([])
    settings.close()
  })

  it.each(Object.keys(hostile))('reads no file of the machine: %s (H1)', async (name) => {
    expect(await cases.refusal({ path: `hostile/${name}` })).toMatch(
      /import of \/etc\/hostname is refused|is refused|leaves the repository/,
    )
  })

  it('that fails is told by file and line, without the values that it was given', async () => {
    const extVars = [{ name: 'secret', value: 'canary-of-jsonnet' }]
    const refusal = await cases.refusal(source('broken', { extVars }))
    expect(refusal).toMatch(/broken\/x\.jsonnet:1/)
    expect(refusal).not.toContain('canary')
  })
})
