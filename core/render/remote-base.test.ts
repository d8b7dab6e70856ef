import { expect, test } from 'vitest'
import { isRemoteFile, parseRemoteBase } from './remote-base.ts'

const repo = 'https://git.example.com/team/repo'

test.each([
  [`${repo}.git//app/base?ref=v1`, { address: `${repo}.git`, path: 'app/base', ref: 'v1' }],
  [`${repo}//app?version=main`, { address: repo, path: 'app', ref: 'main' }],
  [`git::${repo}.git/app`, { address: `${repo}.git`, path: 'app', ref: '' }],
  [`${repo}/app/base`, { address: repo, path: 'app/base', ref: '' }],
  [`${repo}?ref=feature/x`, { address: repo, path: '.', ref: 'feature/x' }],
  [
    'git@git.example.com:team/repo.git//app?ref=v1',
    { address: 'git@git.example.com:team/repo.git', path: 'app', ref: 'v1' },
  ],
  [
    'git@git.example.com:team/repo/app',
    { address: 'git@git.example.com:team/repo', path: 'app', ref: '' },
  ],
])('the base %s is %j (KUST-13)', (reference, expected) => {
  expect(parseRemoteBase(reference, 'k.yaml:1')).toEqual(expected)
})

test.each([
  `${repo}/main/base.yaml`,
  `${repo}//../x`,
  `${repo}//x?ref=--upload-pack`,
  `${repo}//x?ref=a:b`,
  'ext::sh -c x',
  'file:///etc',
])('the base %s is refused where it stands (H13)', (reference) => {
  expect(() => parseRemoteBase(reference, 'k.yaml:1')).toThrow(/^k\.yaml:1: /)
})

test.each([
  [`${repo}/main/base.yaml`, true],
  ['http://example.com/all.yml?token=x', true],
  ['https://example.com/crds.json', true],
  [`${repo}//app/base.yaml?ref=v1`, false],
  [`${repo}//app`, false],
  ['git@git.example.com:team/base.yaml', false],
  ['file:///etc/base.yaml', false],
])('the address %s is that of a single file: %s (KUST-13)', (reference, expected) => {
  expect(isRemoteFile(reference)).toBe(expected)
})
