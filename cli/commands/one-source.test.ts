import { describe, expect, it } from 'vitest'
import { sourceIndex, sourcePatch } from './one-source.ts'

const sources = [
  { repoURL: 'https://a', name: 'web', directory: { recurse: true, include: 'x' } },
  { repoURL: 'https://b' },
  { repoURL: 'https://c', name: 'twice' },
  { repoURL: 'https://d', name: 'twice' },
]

describe('one of several sources', () => {
  it('is meant by its name or its position (SRC-09)', () => {
    expect(sourceIndex(sources, { sourceName: 'web' })).toBe(0)
    expect(sourceIndex(sources, { sourcePosition: 2 })).toBe(1)
  })

  it.each([
    [{ sourceName: 'db' }, /^no such source; choose one of: 1 web, 2 -, 3 twice, 4 twice$/],
    [{ sourceName: 'twice' }, /^several sources are meant/],
    [{ sourcePosition: 0 }, /^no such source/],
    [{ sourcePosition: 5 }, /^no such source/],
    [{ sourceName: 'web', sourcePosition: 1 }, /^give either/],
  ])('is told to be chosen where it is none: %j', (choice, message) => {
    expect(() => sourceIndex(sources, choice)).toThrow(message)
  })

  it('is changed alone, and not when it has changed meanwhile', () => {
    const change = { targetRevision: 'v2', directory: { recurse: false, include: null } }
    expect(sourcePatch(sources, 0, change)).toEqual([
      { op: 'test', path: '/spec/sources/0', value: sources[0] },
      {
        ...{ op: 'replace', path: '/spec/sources/0' },
        value: {
          repoURL: 'https://a',
          name: 'web',
          targetRevision: 'v2',
          directory: { recurse: false },
        },
      },
    ])
  })
})
