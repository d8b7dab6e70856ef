import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManifestError } from '../errors.ts'
import { fieldAt } from './field.ts'
import { parseFile, parseManifests } from './yaml.ts'
import { parseDocuments } from './yaml-documents.ts'

const read = (scalar: string): unknown => {
  const [document] = parseDocuments(`v: ${scalar}\n`, 'a.yaml')
  return fieldAt(document?.value, 'v')
}
const object = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`

// expectations are the output of sigs.k8s.io/yaml 1.6.0, the reader behind kubectl
describe('scalars are read as kubectl reads them', () => {
  test.each([
    ['0644', 420],
    ['0o644', 420],
    ['-0644', -420],
    ['08', 8],
    ['0x1F', 31],
    ['-0b11', -3],
    ['1_000', 1000],
    ['_1', '_1'],
    ['+12', 12],
    ['-0', 0],
    ['1e3', 1000],
    ['.5', 0.5],
    ['5.', 5],
    ['1e999', '1e999'],
    ['1.2.3', '1.2.3'],
    ['12:30', '12:30'],
    ['2020-01-01', '2020-01-01'],
    ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
    ['yes', true],
    ['Off', false],
    ['y', true],
    ['N', false],
    ['tRUE', 'tRUE'],
    ['~', null],
    ['Null', null],
    ['100m', '100m'],
    ['"0644"', '0644'],
    ["'yes'", 'yes'],
    ['!!str 123', '123'],
    ['!!int "3"', 3],
    ['!!binary aGVsbG8=', 'hello'],
    ['9007199254740991', 9007199254740991],
    ['1000000000000000000', 1000000000000000000],
  ])('%s', (scalar, expected) => {
    expect(read(scalar)).toStrictEqual(expected)
  })

  test('keys are texts of what they mean', () => {
    const [document] = parseDocuments('y: 1\nno: 2\n1: a\n1.5: b\n0x10: d\n', 'a.yaml')
    expect(document?.value).toStrictEqual({ true: 1, false: 2, 1: 'a', '1.5': 'b', 16: 'd' })
  })

  test('merge keys are merged, own keys win, the last of two equal keys wins', () => {
    const [document] = parseDocuments(
      'b: &b {x: 1, z: 2}\nc:\n  <<: *b\n  x: 3\nc2: 1\nc2: 4\n',
      'f',
    )
    expect(document?.value).toStrictEqual({ b: { x: 1, z: 2 }, c: { x: 3, z: 2 }, c2: 4 })
  })

  test('continuation lines may be indented too little, as go-yaml lets them', () => {
    const [document] = parseDocuments('m:\n  s: "a\n b\n  c"\n  l: [1,\n 2]\n', 'a.yaml')
    expect(document?.value).toStrictEqual({ m: { s: 'a b c', l: [1, 2] } })
  })

  test('JSON comes back as it was written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const json = JSON.stringify({ v: value }, null, 1)
        const [document] = parseDocuments(`# not only JSON\n${json}`, 'a.yaml')
        expect(document?.value).toStrictEqual(
          JSON.parse(json.replace(/(?<=[:[,\s])-0(?=[\s,\]}])/g, '0')),
        )
      }),
    )
  })
})

describe('files', () => {
  test('hold several documents; empty ones do not count', () => {
    const text = `# nothing\n---\n${object('a')}---\n---\n# only a comment\n---\n${object('b')}...\n`
    const parsed = parseManifests(text, 'all.yaml')
    expect(parsed.map(({ manifest, line }) => [manifest.metadata.name, line])).toEqual([
      ['a', 3],
      ['b', 11],
    ])
    expect(parsed[0]?.file).toBe('all.yaml')
  })

  test('may be JSON', () => {
    const text = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}'
    expect(parseManifests(text, 'a.json')).toEqual([
      { manifest: JSON.parse(text), file: 'a.json', line: 1 },
    ])
  })

  test('SRC-18: lists are flattened, null items ignored, typed lists lend their kind', () => {
    const list = (kind: string, items: string) => `apiVersion: v1\nkind: ${kind}\nitems:\n${items}`
    const inner = '- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- null\n'
    expect(parseManifests(list('List', inner), 'f').map((one) => one.manifest.kind)).toEqual([
      'Pod',
    ])
    const typed = parseManifests(list('SecretList', '- {metadata: {name: s}}\n'), 'f')
    expect(typed[0]?.manifest).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
    })
  })

  test('DIR-04: are skipped on request', () => {
    expect(parseFile('# +argocd:skip-file-rendering\n{{ not yaml', 'f.yaml')).toEqual([])
    // what a tool wrote is no file: a text in it must not make all of it disappear
    const told = `${object('a')}data: {note: "# +argocd:skip-file-rendering"}\n`
    expect(parseManifests(told, 'helm')).toHaveLength(1)
  })

  test('of a folder are only those that say what they are (DIR-04)', () => {
    for (const text of ['replicas: 3\n', '- a\n- b\n', '# nothing\n', 'just text\n'])
      expect(parseFile(text, 'values.yaml')).toEqual([])
    expect(parseFile(object('x'), 'f.yaml')).toHaveLength(1)
    const wrong = ['a: [\n', 'kind: Pod\n', 'apiVersion: v1\n', `${object('x')}---\na: b\n`]
    for (const text of wrong) expect(() => parseFile(text, 'f.yaml')).toThrow(ManifestError)
    expect(() => parseFile('{"a":"b"}', 'f.json')).toThrow(ManifestError)
  })

  test('generateName is a name', () => {
    const text = 'apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-}\n'
    expect(parseManifests(text, 'f')).toHaveLength(1)
  })

  test('never let a key change the prototype of an object', () => {
    const [document] = parseDocuments('__proto__: {polluted: true}\n', 'f')
    expect(Object.keys(document?.value as object)).toEqual(['__proto__'])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('errors name the file, the line and what is wrong', () => {
  test.each([
    [
      'syntax',
      `${object('a')}---\n${object('b')}data: {a: [1, 2}\n`,
      /^d\/x\.yaml:10: not valid YAML: /,
    ],
    ['no object', `${object('a')}---\n- a\n- b\n`, /^d\/x\.yaml:6: .*not a Kubernetes object/],
    ['text', 'just text\n', /^d\/x\.yaml:1: .*not a Kubernetes object/],
    [
      'no apiVersion',
      '\n\nkind: Pod\nmetadata: {name: a}\n',
      /^d\/x\.yaml:3: .*apiVersion is missing/,
    ],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}\n', /kind is missing/],
    ['no name', 'apiVersion: v1\nkind: Pod\nmetadata: {}\n', /Pod: metadata\.name is missing/],
    ['no metadata', 'apiVersion: v1\nkind: Pod\n', /Pod: metadata\.name is missing/],
    ['number as name', `${object('1')}`, /metadata\.name must be a non-empty string \(quote it\)/],
    [
      'lossy integer',
      'apiVersion: v1\nkind: A\nn: 9007199254740993\n',
      /9007199254740993 has more digits/,
    ],
    ['lossy JSON', '{"apiVersion":"v1","n":9007199254740993}', /9007199254740993 has more digits/],
    ['not a number', 'a: .nan\n', /\.nan is not a number that JSON knows/],
    ['unknown alias', 'a: *nowhere\n', /not valid YAML/],
    ['template', 'a: {{ .Values.b }}\n', /^d\/x\.yaml:1: not valid YAML/],
  ])('%s', (_, text, message) => {
    expect(() => parseManifests(text, 'd/x.yaml')).toThrow(message)
    expect(() => parseManifests(text, 'd/x.yaml')).toThrow(ManifestError)
  })

  test('never show the text around, which may be a Secret', () => {
    const text = 'apiVersion: v1\nkind: Secret\nstringData: {password: hunter2, b: [}\n'
    expect(() => parseManifests(text, 'f')).toThrow(/^(?![\s\S]*hunter2)/)
  })

  test.each([
    [
      'many times',
      Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i && 9)}]`),
    ],
    ['into itself', ['a: &a', '  b: *a']],
  ])('aliases cannot blow a small file up: %s', (_, lines) => {
    expect(() => parseManifests(lines.join('\n'), 'f')).toThrow('aliases')
  })
})
