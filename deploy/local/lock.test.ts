import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tryLock } from './lock.ts'
import { identify, isAlive } from './process-identity.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
  file = join(folder, 'lock')
})

afterEach(() => rmSync(folder, { recursive: true }))

test('a free lock is taken and given back without a trace', () => {
  const lock = tryLock(file, 'first')
  expect(lock.kind).toBe('taken')
  if (lock.kind === 'taken') lock.release()
  expect(readdirSync(folder)).toEqual([])
})

test('a lock of a process that lives stays with it and says who that is', () => {
  tryLock(file, 'first')
  expect(tryLock(file, 'second')).toMatchObject({
    kind: 'held',
    by: { pid: process.pid, note: 'first' },
  })
})

test('a lock of a process that died is taken over', async () => {
  writeFileSync(file, JSON.stringify({ ...(await deadProcess()), note: 'killed' }))
  expect(tryLock(file, 'next').kind).toBe('taken')
  expect(existsSync(file)).toBe(true)
})

test('a lock is not kept by a later process that got the same pid', () => {
  writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: '1', note: 'older' }))
  expect(tryLock(file, 'next').kind).toBe('taken')
})

test('a lock file that was cut off is taken over', () => {
  writeFileSync(file, '{"pid":')
  expect(tryLock(file, 'next').kind).toBe('taken')
})

test('a process is known by its start time until it ends', async () => {
  expect(isAlive(identify(process.pid))).toBe(true)
  expect(isAlive({ pid: process.pid, startedAt: '1' })).toBe(false)
  expect(isAlive(await deadProcess())).toBe(false)
})

async function deadProcess() {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => 0, 1000)'], {
    stdio: 'ignore',
  })
  await once(child, 'spawn')
  const identity = identify(child.pid ?? 0)
  child.kill('SIGKILL')
  await once(child, 'exit')
  return identity
}
