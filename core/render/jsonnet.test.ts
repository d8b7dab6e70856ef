import { describe, expect, it } from 'vitest'
import { InvalidSpecError, RenderError } from '../errors.ts'
import { checkVariable, documentsOf, importsOf } from './jsonnet.ts'

describe('what a Jsonnet program imports', () => {
  it('is found however it is written', () => {
    const text = `
      local a = import 'a.libsonnet';
      local b = import"../b.libsonnet";
      local c = importstr /* why * / */ 'c.txt';
      local d = importbin // why
        "d.bin";
      local e = [1,import# why
        'e.libsonnet'];
      a + b
    `
    expect(importsOf(text, 'x.jsonnet')).toEqual([
      'a.libsonnet',
      '../b.libsonnet',
      'c.txt',
      'd.bin',
      'e.libsonnet',
    ])
  })

  it.each([
    `importstr '/etc/hostname'`,
    `importstr @"/etc/hostname"`,
    `importstr @"x""/../../../etc/hostname"`,
    `// import "\nimportstr '/etc/hostname' + "`,
    `/* import ' */ importstr '/etc/hostname'`,
    `"import" + 'a' + importstr '/etc/hostname'`,
    `/**/[1,import/**/'/etc/hostname']`,
    `local x = |||\n  text\n||| + importstr "/etc/hostname"`,
    `importstr '\\u002fetc/hostname'`,
    `// a comment with " and then\nimportstr '/etc/hostname'`,
  ])('is refused when it is a file of the machine: %s (H1)', (text) => {
    expect(() => importsOf(text, 'x.jsonnet')).toThrow(RenderError)
  })
})

it('a hostile program costs no more than its length (H12)', () => {
  expect(() => importsOf(`${'import/*'.repeat(100_000)}*/`, 'x')).toThrow(RenderError)
  expect(importsOf(`import${'/**/'.repeat(100_000)}`, 'x')).toEqual([])
  expect(importsOf(`import${' '.repeat(900_000)}'a'`, 'x')).toEqual(['a'])
})

describe('a variable of a Jsonnet program (DIR-05)', () => {
  it('has a plain name and no code that imports', () => {
    expect(() => checkVariable({ name: 'a-b.c', value: 'import' }, 'x')).not.toThrow()
    expect(() => checkVariable({ name: 'a=b', value: '' }, 'x')).toThrow(InvalidSpecError)
    const code = { name: 'a', value: `importstr '/etc/hostname'`, code: true }
    expect(() => checkVariable(code, 'x')).toThrow(InvalidSpecError)
  })
})

it('the output of a program is one manifest or lists of them', () => {
  expect(documentsOf('{"kind": "A"}')).toBe('{"kind":"A"}')
  expect(documentsOf('[{"kind": "A"}, [null, {"kind": "B"}]]')).toBe(
    '{"kind":"A"}\n---\n{"kind":"B"}',
  )
})
