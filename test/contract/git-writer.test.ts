import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGitWriter } from '../../clients/git-writer.ts'
import { createOutbound } from '../../clients/outbound.ts'
import { GitAuthError } from '../../core/errors.ts'
import { authorOf, type RestoreOrder } from '../../core/git/restore.ts'
import { type GitServer, startGitServer } from './git-server.ts'

const outbound = createOutbound({ allowLoopback: true })
const writer = createGitWriter({ allowFile: false, outbound })
let dir: string
let server: GitServer
let good: string
let bad: string

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'driftless-git-'))
  server = await startGitServer({ dir })
  execFileSync('git', ['config', 'http.receivepack', 'true'], { cwd: bare() })
  good = server.push({ 'shop/a.yaml': 'one', 'shop/b.yaml': 'kept', 'other/c.yaml': 'one' })
  bad = server.push({ 'shop/a.yaml': 'two', 'shop/b.yaml': null, 'shop/new.yaml': 'two' })
})
afterEach(async () => {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('driftless-write-'))).toEqual([])
})

const bare = () => join(dir, 'srv', 'repo.git')
const inBare = (...args: readonly string[]) =>
  execFileSync('git', [...args], { cwd: bare(), encoding: 'utf8' }).trim()
const order = (more: Partial<RestoreOrder> = {}): RestoreOrder => ({
  ...{ url: server.url, project: 'default', revision: 'main', paths: ['shop'], good, bad },
  ...{ message: 'Put shop back\n\nbecause it failed', trailer: 'Driftless-Rollback: u/i2' },
  author: authorOf('Kim Lee <kim@example.com>'),
  ...more,
})
const files = (commit: string) => inBare('ls-tree', '-r', '--name-only', commit).split('\n')

describe('a revert in Git (driftless.dev/rollback-revert)', () => {
  it('is a commit on top of the branch that has the path as it was and all else as it is', async () => {
    const head = server.push({ 'other/c.yaml': 'three' })
    const { commit = '' } = (await writer.restore(order())) as { commit?: string }
    expect(inBare('rev-parse', 'main', 'main^')).toBe(`${commit}\n${head}`)
    expect(files('main')).toEqual(['other/c.yaml', 'shop/a.yaml', 'shop/b.yaml'])
    expect(inBare('show', 'main:shop/a.yaml')).toBe('one')
    expect(inBare('show', 'main:other/c.yaml')).toBe('three')
    expect(inBare('log', '-1', '--format=%an <%ae>%n%B', 'main')).toBe(
      'Kim Lee <kim@example.com>\nPut shop back\n\nbecause it failed\n\nDriftless-Rollback: u/i2',
    )
  })

  it('is made once, also when whoever made it died before he could say so', async () => {
    const first = await writer.restore(order())
    expect(await writer.restore(order())).toEqual(first)
    server.git('pull', '--quiet', 'origin', 'main')
    server.push({ 'shop/a.yaml': 'fixed' })
    expect(await writer.restore(order())).toEqual(first)
    expect(inBare('show', 'main:shop/a.yaml')).toBe('fixed')
  })

  it('is made anew on what somebody pushed meanwhile', async () => {
    server.git('checkout', '--quiet', '-B', 'next')
    const next = server.push({ 'other/c.yaml': 'meanwhile' })
    const faster =
      '#!/bin/sh\nrm hooks/update\ngit update-ref refs/heads/main refs/heads/next\nexit 1\n'
    writeFileSync(join(bare(), 'hooks', 'update'), faster, { mode: 0o755 })
    const { commit } = (await writer.restore(order())) as { commit?: string }
    expect(inBare('rev-parse', 'main', 'main^')).toBe(`${commit}\n${next}`)
  })

  it('is given up where the path is something else by now, and where no branch is tracked', async () => {
    server.push({ 'shop/a.yaml': 'three' })
    const head = inBare('rev-parse', 'main')
    expect(await writer.restore(order())).toEqual({
      givenUp: `the path shop changed since ${bad.slice(0, 7)}`,
    })
    server.git('tag', 'v1')
    server.git('push', '--quiet', 'origin', 'v1')
    for (const revision of ['v1', 'refs/tags/v1', bad, '1.x']) {
      expect(await writer.restore(order({ revision }))).toEqual({
        givenUp: `${revision} is no branch of ${server.url}; revert it by hand`,
      })
    }
    expect(inBare('rev-parse', 'main')).toBe(head)
  })

  it('is of the default branch and of the whole repository where these are tracked', async () => {
    await writer.restore(order({ revision: 'HEAD', paths: ['.'] }))
    expect(inBare('rev-parse', 'main^{tree}')).toBe(inBare('rev-parse', `${good}^{tree}`))
  })

  it('needs the right to write, and says so without what it signs in with', async () => {
    execFileSync('git', ['config', 'http.receivepack', 'false'], { cwd: bare() })
    const password = 'hunter2-secret'
    const credentials = {
      ...{ secret: 'shop-write', url: '', isTemplate: false, type: 'git', unbuilt: [] },
      ...{ username: 'kim', password },
    }
    const access = { synced: Promise.resolve(), toWrite: () => ({ credentials }) }
    const refused = createGitWriter({ allowFile: false, outbound, access }).restore(order())
    await expect(refused).rejects.toThrow(GitAuthError)
    await expect(refused).rejects.not.toThrow(password)
    await expect(refused).rejects.toThrow('check the Secret shop-write')
  })
})
