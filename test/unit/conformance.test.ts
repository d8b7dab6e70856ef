import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { judge, parseRows } from '../conformance/corpus.ts'
import { feedsFor } from '../conformance/feeds.ts'

const root = resolve(import.meta.dirname, '..', '..')
const { feeds, close } = feedsFor(root)
afterAll(close)

/** Rows of a kind that no part of the product answers; docs/conformance.md says why. */
const unanswered: Readonly<Record<string, readonly RegExp[]>> = {
  'git/semver_language': [/^TestRewriteRange/, /^TestStrictNewVersion/, /^TestInc/],
  'git/url': [/^is-ssh/],
  'project/permitted': [
    /^TestAppProject_ValidateDestinationServiceAccount/,
    /^glob\/Test_MatchList/,
  ],
  'sync/attributes': [/^attr\/option-value/],
}

describe('real cases that nobody here wrote come out as they should', () => {
  test.each([
    ['health/builtin', 'core/health/testdata/builtin.jsonl'],
    ['sync/attributes', 'core/plan/testdata/attributes.jsonl'],
    ['sync/order', 'core/plan/testdata/order.jsonl'],
    ['project/permitted', 'core/project/testdata/permitted.jsonl'],
    ['git/url', 'core/git/testdata/url.jsonl'],
    ['git/revision', 'core/git/testdata/revision.jsonl'],
    ['git/semver_language', 'core/git/testdata/semver_language.jsonl'],
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
