import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { judge, parseRows } from '../conformance/corpus.ts'
import { feedsFor } from '../conformance/feeds.ts'

const root = resolve(import.meta.dirname, '..', '..')
const { feeds, close } = feedsFor({
  folder: root,
  // no row that runs here is rendered
  tools: {
    ...{ helm: '', kustomize: '', jsonnet: '', search: '' },
    ...{ renderer: undefined, versions: new Map() },
  },
  checkouts: [],
})
afterAll(close)

/** Rows of a kind that no part of the product answers; docs/conformance.md says why. */
const unanswered: Readonly<Record<string, readonly RegExp[]>> = {
  'git/semver_language': [/^TestRewriteRange/, /^TestStrictNewVersion/, /^TestInc/],
  'diff/self_reference': [/\/Label$/],
  'webhook/revision_match': [/^payload-revision\/(bitbucket|gitlab|gogs)-/],
  'webhook/url_match': [/^bitbucket-cloud/],
  'project/permitted': [/^glob\/Test_MatchList\/.*exact/i],
}

describe('real cases that nobody here wrote, and rows of our own, come out as they should', () => {
  test.each([
    ['health/builtin', 'core/health/testdata/builtin.jsonl'],
    ['sync/attributes', 'core/plan/testdata/attributes.jsonl'],
    ['sync/order', 'core/plan/testdata/order.jsonl'],
    ['project/permitted', 'core/project/testdata/permitted.jsonl'],
    ['diff/state_diff', 'core/diff/testdata/state-diff.jsonl'],
    ['diff/secret_mask', 'core/diff/testdata/secret-mask.jsonl'],
    ['diff/normalize', 'core/diff/testdata/normalize.jsonl'],
    ['diff/self_reference', 'core/diff/testdata/self-reference.jsonl'],
    ['git/url', 'core/git/testdata/url.jsonl'],
    ['git/revision', 'core/git/testdata/revision.jsonl'],
    ['git/semver_language', 'core/git/testdata/semver_language.jsonl'],
    ['render/helm_valuefiles', 'core/render/testdata/helm_valuefiles.jsonl'],
    ['webhook/revision_match', 'core/event/testdata/revision_match.jsonl'],
    ['webhook/url_match', 'core/event/testdata/url_match.jsonl'],
    ['windows/active', 'core/window/testdata/active.jsonl'],
    ['windows/can_sync', 'core/window/testdata/can_sync.jsonl'],
    ['windows/match', 'core/window/testdata/match.jsonl'],
  ])('%s', async (corpus, file) => {
    const feed = feeds[corpus]
    if (feed === undefined) throw new Error(`${corpus} is not fed`)
    const rows = parseRows(readFileSync(join(root, file), 'utf8'))
    const { total, failures } = await judge(corpus, rows, feed)
    const patterns = unanswered[corpus] ?? []
    expect(failures.filter(({ id }) => !patterns.some((pattern) => pattern.test(id)))).toEqual([])
    expect(total).toBeGreaterThan(0)
  })
})

describe('the runner has no rules of its own', () => {
  const imports = /(?:from|import\()\s*'(\.[^']+)'|new URL\(`\.\/(\$\{program\})/g
  const textOf = (file: string) => readFileSync(file, 'utf8')
  const importsOf = (file: string): readonly string[] =>
    [...textOf(file).matchAll(imports)].flatMap(([, path, program]) =>
      program === undefined
        ? resolve(dirname(file), path ?? '')
        : ['jq-thread', 'lua-thread'].map((name) => resolve(dirname(file), `${name}.ts`)),
    )
  const reached = new Set([join(root, 'cli/main.ts')])
  for (const file of reached) for (const next of importsOf(file)) reached.add(next)
  const runner = join(root, 'test/conformance')
  const files = readdirSync(runner, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(runner, name))

  test.each(files)('every function that %s calls is one that the product uses', (file) => {
    const used = textOf(file).matchAll(/import (?:type )?\{([^}]*)\} from '((?:\.\.\/)+[^']+)'/gs)
    for (const [, names = '', path = ''] of used) {
      const module = resolve(dirname(file), path)
      if (!/[/\\](core|clients|activities|event-sources|api)[/\\]/.test(module)) continue
      expect([...reached]).toContain(module)
      const others = [...reached].map((other) =>
        textOf(other).replace(/export (?:async )?function \w+/g, ''),
      )
      for (const name of names.split(',').map((part) => part.trim())) {
        if (name === '' || name.startsWith('type ')) continue
        expect(
          others.some((text) => new RegExp(`\\b${name}\\b`).test(text)),
          name,
        ).toBe(true)
      }
    }
  })
})

test('lines that are no rows, and rows that nothing answers, are told by name and end nothing', async () => {
  const rows = parseRows('{"id":"a/1","test":"TestNew"}\n\nnot json\n[]\n{"id":"b/1"}')
  const answer = (row: { readonly id: string }) => {
    if (row.id === 'b/1') throw new Error('no')
    return undefined
  }
  const { passed, total, failures, unanswered } = await judge('any', rows, answer)
  expect([passed, total, failures.length]).toEqual([0, 4, 4])
  expect([...unanswered]).toEqual([
    ['TestNew', 1],
    ['no JSON object', 2],
  ])
})
