import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { endpointsFile } from '../../deploy/local/endpoints.ts'
import { untilFree } from '../../deploy/local/ports.ts'
import { startTimeOf } from '../../deploy/local/process-identity.ts'
import { eventually } from '../harness/eventually.ts'
import { type Stack, startStack } from '../harness/stack.ts'

const root = resolve(import.meta.dirname, '..', '..')

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'local-stack-'))
})

afterEach(() => rmSync(dir, { recursive: true, force: true }))

const stackOnly = { driftless: false } as const

/** Runs `npm start` as a person would, to its end. */
async function runStart(...args: readonly string[]) {
  const child = spawnStart(args)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output: child.text() }
}

function spawnStart(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const { KAFKA_BROKERS: _, TEMPORAL_ADDRESS: __, KUBECONFIG: ___, ...rest } = env
  const start = join(root, 'deploy', 'local', 'start.mjs')
  const child = spawn(process.execPath, [start, '--stack-only', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: rest,
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
  }
  return Object.assign(child, { text: () => text })
}

function alive(pids: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(pids).flatMap(([name, pid]) =>
    startTimeOf(pid) === undefined ? [] : [name],
  )
}

test('state survives a stop and a start, and only --fresh removes it', async () => {
  const first = await startStack({ ...stackOnly, dir })
  await first.kube.request('POST', '/api/v1/namespaces', { metadata: { name: 'kept' } })
  const { kafka } = first.endpoints
  await first.stop()
  const second = await startStack({ ...stackOnly, dir })
  expect((await second.kube.try('GET', '/api/v1/namespaces/kept')).status).toBe(200)
  expect(second.endpoints.kafka).toBe(kafka)
  await second.stop()
  const third = await startStack({ ...stackOnly, dir, fresh: true })
  expect((await third.kube.try('GET', '/api/v1/namespaces/kept')).status).toBe(404)
  await third.stop()
})

describe('a stack that runs', () => {
  let own: string
  let stack: Stack
  beforeAll(async () => {
    own = mkdtempSync(join(tmpdir(), 'local-stack-'))
    stack = await startStack({ ...stackOnly, dir: own })
  })
  afterAll(() => rmSync(own, { recursive: true, force: true }))

  test('is left alone by a second start, which says where it runs', async () => {
    const second = await runStart('--data', own)
    expect(second).toMatchObject({ code: 1, output: expect.stringContaining(stack.endpoints.api) })
    expect(second.output).toContain('already runs here')
    expect((await stack.kube.try('GET', '/readyz')).status).toBe(200)
  })

  test('starts a part again that is killed, and its addresses name the new process', async () => {
    const { kafka: before } = stack.endpoints.pids
    stack.kill('kafka')
    await eventually(
      () => stack.output(),
      (output) => output.includes('kafka is back'),
    )
    expect(stack.endpoints.pids.kafka).not.toBe(before)
  })

  test('leaves no process, no taken port and no addresses behind when it is stopped', async () => {
    const { pids } = stack.endpoints
    const ports = JSON.parse(readFileSync(join(own, 'ports.json'), 'utf8')) as Record<
      string,
      number
    >
    expect(statSync(endpointsFile(own)).mode & 0o777).toBe(0o600)
    await stack.stop()
    expect(alive(pids)).toEqual([])
    expect(await untilFree(Object.values(ports), 0)).toBe(true)
    expect(existsSync(endpointsFile(own))).toBe(false)
  })
})

test('when the start itself is killed its children end, and the next start works', async () => {
  const child = spawnStart(['--data', dir])
  await eventually(() => existsSync(endpointsFile(dir)), Boolean, 90_000)
  const { pids } = JSON.parse(readFileSync(endpointsFile(dir), 'utf8')) as {
    readonly pids: Readonly<Record<string, number>>
  }
  child.kill('SIGKILL')
  await eventually(
    () => alive(pids),
    (names) => names.length === 0,
  )
  await eventually(
    () => existsSync(join(dir, 'lock')),
    (locked) => !locked,
  )
  const next = await startStack({ ...stackOnly, dir })
  await next.stop()
})

test.each([300, 1500, 3000])('Ctrl-C %i ms after the start leaves no process', async (ms) => {
  const child = spawnStart(['--data', dir])
  const ended = once(child, 'close')
  setTimeout(() => child.kill('SIGINT'), ms)
  await ended
  expect(existsSync(join(dir, 'lock'))).toBe(false)
  expect(existsSync(join(dir, 'pids.json'))).toBe(false)
})

test('a folder that Driftless did not make is refused, also with --fresh', async () => {
  const mine = join(dir, 'mine')
  mkdirSync(mine)
  writeFileSync(join(mine, 'thesis.txt'), 'years of work')
  const { code, output } = await runStart('--data', mine, '--fresh')
  expect({ code, output }).toMatchObject({ code: 1 })
  expect(output).toContain(`${mine} is not empty and was not made by Driftless`)
  expect(readFileSync(join(mine, 'thesis.txt'), 'utf8')).toBe('years of work')
})

test('everything that is missing is named in one message with the way out', async () => {
  const env = { ...process.env, PATH: dir, XDG_CACHE_HOME: dir }
  const child = spawnStart(['--data', join(dir, 'data')], env)
  const [code] = (await once(child, 'close')) as [number | null]
  expect(code).toBe(1)
  for (const word of ['git: not found', 'java: not found', 'go: not found', 'mvn: not found']) {
    expect(child.text()).toContain(word)
  }
  expect(child.text()).toContain('or point to a running one: KUBECONFIG, TEMPORAL_ADDRESS')
})
