import { expect, test } from 'vitest'
import { isSameServer, parseSubmodules, submoduleUrl } from './submodules.ts'

test('the submodules are read with their paths and addresses (SRC-14)', () => {
  const text = `[submodule "a"]
	path = libs/a/
	url = ../a.git
[submodule "half"]
	path = half
[submodule "b"]
	url = "https://git.example.com/b.git"
	branch = main
	path = b
`
  expect([...parseSubmodules(text)]).toEqual([
    ['libs/a', '../a.git'],
    ['b', 'https://git.example.com/b.git'],
  ])
})

test.each([
  ['https://git.example.com/team/shop.git', '../a.git', 'https://git.example.com/team/a.git'],
  ['https://git.example.com/team/shop.git/', '../../x/a', 'https://git.example.com/x/a'],
  ['git@git.example.com:team/shop.git', '../a.git', 'git@git.example.com:team/a.git'],
  ['git@git.example.com:shop.git', '../a.git', 'git@git.example.com:a.git'],
  ['https://git.example.com/shop.git', './a.git', 'https://git.example.com/shop.git/a.git'],
  ['https://git.example.com/shop.git', 'ssh://git@x/a', 'ssh://git@x/a'],
])('in %s the submodule %s lies in %s', (repository, url, expected) => {
  expect(submoduleUrl(repository, url)).toBe(expected)
})

test.each([
  ['https://git.example.com/a', 'https://git.example.com/b', true],
  ['https://git.example.com/a', 'https://git.example.com.evil.example/b', false],
  ['https://git.example.com/a', 'http://git.example.com/b', false],
  ['git@git.example.com:a', 'ssh://git@git.example.com/b', true],
  ['git@git.example.com:a', 'https://git.example.com/b', false],
  ['file:///srv/a', 'file:///srv/b', false],
])('%s and %s are on one server: %s', (a, b, expected) => {
  expect(isSameServer(a, b)).toBe(expected)
})
