import { expect, test } from 'vitest'
import { lfsAddress, parseLfsPointer } from './lfs.ts'

const oid = 'a'.repeat(64)

test.each([
  [`version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12\n`, { oid, size: 12 }],
  [`version https://git-lfs.github.com/spec/v1\noid md5:${oid}\nsize 12\n`, undefined],
  [`version https://git-lfs.github.com/spec/v1\noid sha256:../../${oid}\nsize 12\n`, undefined],
  [`# version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12\n`, undefined],
  ['kind: ConfigMap\n', undefined],
])('of %j the large file is %j (SRC-15)', (text, expected) => {
  expect(parseLfsPointer(text)).toEqual(expected)
})

test.each([
  ['https://git.example.com/a', 'https://git.example.com/a.git/info/lfs/objects/batch'],
  ['https://git.example.com/a.git/', 'https://git.example.com/a.git/info/lfs/objects/batch'],
  ['git@git.example.com:a.git', undefined],
])('the large files of %s are asked for at %s', (repository, expected) => {
  expect(lfsAddress(repository)).toBe(expected)
})
