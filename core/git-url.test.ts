import { expect, test } from 'vitest'
import { isSshUrl, normalizeGitUrl, sshPath } from './git-url.ts'

test.each([
  ['https://GITHUB.com/argoproj/test', 'https://github.com/argoproj/test.git', true],
  ['git@github.com:test.git', 'ssh://git@github.com/test', true],
  ['ssh://git@GITHUB.com:argoproj/test', 'git@github.com:argoproj/test.git', true],
  ['ssh://git@github.com:2222/test', 'ssh://git@github.com/test', false],
  ['https://github.com/a/b', 'https://github.com/a/c', false],
  [
    'https://1234.visualstudio.com/myproj/_git/myrepo',
    'https://1234.visualstudio.com/myproj/_git/myrepo',
    true,
  ],
])('%s and %s are the same: %s', (a, b, expected) => {
  expect(normalizeGitUrl(a) === normalizeGitUrl(b)).toBe(expected)
})

test('globs of AppProjects survive', () => {
  expect(normalizeGitUrl('https://gitlab.com/Group/**')).toBe('https://gitlab.com/group/**')
  expect(normalizeGitUrl('*')).toBe('*')
})

test.each([
  ['ssh://git@github.com:test.git', true],
  ['git@github.com:org/repo', true],
  ['https://kim@github.com/org/repo', false],
  ['file:///srv/repo', false],
])('%s is reached by ssh: %s', (url, expected) => {
  expect(isSshUrl(url)).toBe(expected)
})

test.each([
  ['ssh://git@git.example.com:2222/team/repo.git', { user: 'git', path: '/team/repo.git' }],
  ['ssh://git.example.com/repo.git', { user: '', path: '/repo.git' }],
  ['git@git.example.com:team/repo.git', { user: 'git', path: 'team/repo.git' }],
  ['https://git.example.com/team/repo.git', { user: '', path: '' }],
])('the server of %s is told %j', (url, expected) => {
  expect(sshPath(url)).toEqual(expected)
})
