import { expect, test } from 'vitest'
import { repositoryKey } from './repository-key.ts'

test.each([
  'https://example.com/org/repo',
  'https://Example.com/Org/Repo.git/',
  'http://kim:token@example.com:8080/org/repo',
  'user@example.com:org/repo',
  'git@example.com:/org/repo.git',
  'example.com:org/repo',
  'ssh://git@example.com/org/repo',
  'ssh://git@ssh.example.com:443/org/repo.git',
  'ssh://git@altssh.example.com:443/org/repo.git',
  'ssh://git@example.com:org/repo',
])('HOOKIN-10: %s is example.com/org/repo', (address) => {
  expect(repositoryKey(address)).toBe('example.com/org/repo')
})

test.each([
  'https://example.com/org/other',
  'https://example.org/org/repo',
  'https://example.com/org/repo/sub',
  'https://example.com.evil.org/org/repo',
  'https://evil.org/example.com/org/repo',
  '%%',
  '',
])('%s is another one', (address) => {
  expect(repositoryKey(address)).not.toBe('example.com/org/repo')
})
