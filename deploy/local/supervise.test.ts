import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startTimeOf } from './process-identity.ts'
import { type Part, Supervisor } from './supervise.ts'

let logs: string
let said: string[]
let supervisor: Supervisor

beforeEach(() => {
  logs = mkdtempSync(join(tmpdir(), 'supervise-'))
  said = []
  supervisor = new Supervisor({ logs, say: (line) => said.push(line), changed: () => undefined })
})

afterEach(async () => {
  await supervisor.stop()
  rmSync(logs, { recursive: true })
})

const serves = `console.log('ready'); process.on('SIGTERM', () => { console.log('bye'); process.exit(0) }); setInterval(() => 0, 1000)`

function part(name: string, script: string, rank = 0): Part {
  return {
    ...{ name, rank, command: process.execPath, args: ['--eval', script] },
    ready: async (log) => log().includes('ready'),
  }
}

test('a part runs once its own signal says so', async () => {
  await supervisor.start(part('one', serves))
  expect(startTimeOf(supervisor.pids().one ?? 0)).toBeDefined()
  expect(readFileSync(supervisor.logOf('one'), 'utf8')).toBe('ready\n')
})

test('a part that ends while it starts fails with the end of its log', async () => {
  const broken = part('broken', `console.error('no such disk'); process.exit(3)`)
  await expect(supervisor.start(broken)).rejects.toThrow(
    /^broken ended while it started.*broken\.log, ends with:\n {4}no such disk$/s,
  )
})

test('a program that is not there fails at once', async () => {
  const missing = { ...part('missing', ''), command: '/no/such/program' }
  await expect(supervisor.start(missing)).rejects.toThrow('missing ended while it started')
})

test('a part that is killed comes back, and both are said in a line', async () => {
  await supervisor.start(part('one', serves))
  const before = supervisor.pids().one ?? 0
  process.kill(before, 'SIGKILL')
  await vi.waitFor(() => expect(said).toHaveLength(2), 10_000)
  expect(said).toEqual([
    `one ended (SIGKILL); starting it again in 0.5 s, its log: ${supervisor.logOf('one')}`,
    'one is back',
  ])
  expect(supervisor.pids().one).not.toBe(before)
})

test('a part comes back also when the folder of the logs was removed meanwhile', async () => {
  await supervisor.start(part('one', serves))
  rmSync(logs, { recursive: true })
  process.kill(supervisor.pids().one ?? 0, 'SIGKILL')
  await vi.waitFor(() => expect(said.at(-1)).toBe('one is back'), 10_000)
})

test('a part that keeps ending is given more and more time', async () => {
  const flag = join(logs, 'flag')
  // serves the first time and fails ever after
  const script = `const fs = require('node:fs'); if (fs.existsSync('${flag}')) process.exit(1); fs.writeFileSync('${flag}', ''); ${serves}`
  await supervisor.start(part('one', script))
  process.kill(supervisor.pids().one ?? 0, 'SIGKILL')
  await vi.waitFor(() => expect(said).toHaveLength(3), 10_000)
  expect(said.map((line) => /in ([\d.]+) s/.exec(line)?.[1])).toEqual(['0.5', '1', '2'])
})

test('parts stop in the order of their rank, and nothing is started any more', async () => {
  const order: string[] = []
  const watched = new Supervisor({
    logs,
    say: () => undefined,
    changed: (pids) => order.push(Object.keys(pids).sort().join()),
  })
  await watched.start(part('below', serves, 0))
  await watched.start(part('above', serves, 1))
  await watched.stop()
  expect(order.slice(-2)).toEqual(['below', ''])
  expect(readFileSync(watched.logOf('above'), 'utf8')).toBe('ready\nbye\n')
  await expect(watched.start(part('late', serves))).rejects.toThrow('stopped')
})

test('what a part started ends with it', async () => {
  const script = `const { spawn } = require('node:child_process'); const child = spawn(process.execPath, ['--eval', 'setInterval(() => 0, 1000)']); console.log(child.pid + ' ready'); setInterval(() => 0, 1000)`
  await supervisor.start(part('parent', script))
  const grandchild = Number.parseInt(readFileSync(supervisor.logOf('parent'), 'utf8'), 10)
  expect(startTimeOf(grandchild)).toBeDefined()
  await supervisor.stop()
  await vi.waitFor(() => expect(startTimeOf(grandchild)).toBeUndefined())
})
