import { execFileSync, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { applicationsPath, configMap } from '../harness/application.ts'
import { type UserCommand, userCommand } from '../harness/command.ts'
import { eventually } from '../harness/eventually.ts'
import { hookJob } from '../harness/hook.ts'
import { createNamespace } from '../harness/kube.ts'
import { whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const endpoints = inject('endpoints')
const namespace = 'api-terminal'
const main = join(resolve(import.meta.dirname, '..', '..'), 'cli', 'main.ts')
const terminalProgram = 'script'
const ctrlC = '\u0003'
const ctrlD = '\u0004'
const lineStart = '\r\u001b[K'
let scene: Scene
let driftless: UserCommand

beforeAll(async () => {
  demandScript()
  scene = await openScene(endpoints, namespace)
  driftless = userCommand()
  await createNamespace(scene.kube, namespace)
  await driftless('login', endpoints.api, '--password', endpoints.adminPassword)
})

afterAll(async () => {
  driftless.remove()
  await scene.close()
})

function demandScript(): void {
  try {
    const version = execFileSync(terminalProgram, ['--version'], { encoding: 'utf8' })
    if (version.includes('util-linux')) return
  } catch {
    // said below
  }
  throw new Error('these tests need the command script of util-linux (on Debian: bsdutils)')
}

/** The command on a terminal of its own, as somebody who sits there has it. */
function onTerminal(...args: readonly string[]) {
  const command = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn(
    terminalProgram,
    // a terminal shows what is typed unless the program says otherwise
    ['--quiet', '--return', '--echo', 'always', '--command', command, '/dev/null'],
    {
      cwd: driftless.folder,
      env: {
        ...{ PATH: process.env.PATH, HOME: driftless.folder, TERM: 'xterm', SHELL: '/bin/sh' },
        XDG_CONFIG_HOME: join(driftless.folder, 'home'),
      },
    },
  )
  let screen = ''
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString()
  })
  const ended = new Promise<number | null>((done) => child.once('close', done))
  return {
    type: (keys: string) => child.stdin.write(keys),
    shows: (text: string) =>
      eventually(
        () => screen,
        (seen) => seen.includes(text),
      ),
    ended: ended.then((code) => ({ code, screen })),
  }
}

const pathOf = (name: string) => `${applicationsPath}/${name}`
const create = async (name: string) => {
  const flags = ['--repo', scene.repository.url, '--dest-namespace', namespace, '--path', name]
  const files = {
    [`${name}/before.yaml`]: hookJob(`${name}-before`, 'PreSync', { runtime: '2s' }),
    [`${name}/config.yaml`]: configMap(name, 'one'),
  }
  await scene.push(files)
  expect((await driftless('app', 'create', name, ...flags)).code).toBe(0)
}

describe('login on a terminal', () => {
  const login = () => onTerminal('login', endpoints.api, '--username', 'admin')

  it('asks for the password and does not show what is typed', async () => {
    const user = login()
    await user.shows(`password of admin at ${endpoints.api}: `)
    user.type(`${endpoints.adminPassword}\r`)
    const { code, screen } = await user.ended
    expect(screen).toContain(`logged in to ${endpoints.api} as admin`)
    expect(screen).not.toContain(endpoints.adminPassword)
    expect(code).toBe(0)
  })

  it.each([
    ['Ctrl-C', ctrlC],
    ['Ctrl-D', ctrlD],
  ])('ends with %s, in one line', async (_, key) => {
    const user = login()
    await user.shows('password of admin')
    user.type(key)
    const { code, screen } = await user.ended
    expect(code).toBe(20)
    expect(screen.split('\r\n').slice(1)).toEqual([
      'error: the question was not answered; nothing was done',
      '',
    ])
  })
})

describe('app delete on a terminal', () => {
  const name = 'terminal-delete'
  const remove = () => onTerminal('app', 'delete', name)
  const question = `delete ${name} and all their resources? [y/N] `

  beforeAll(() => create(name))

  it.each([
    ['n', 'n\r', 'nothing was deleted'],
    ['Enter', '\r', 'nothing was deleted'],
    ['Ctrl-C', ctrlC, 'the question was not answered; nothing was done'],
    ['Ctrl-D', ctrlD, 'the question was not answered; nothing was done'],
  ])('asks, and %s keeps the Application', async (_, keys, reason) => {
    const user = remove()
    await user.shows(question)
    user.type(keys)
    const { code, screen } = await user.ended
    expect(screen).toMatch(new RegExp(`\r\nerror: ${reason}\r\n$`))
    expect(code).toBe(20)
    const { metadata } = await scene.kube.request('GET', pathOf(name))
    expect(metadata.deletionTimestamp).toBeUndefined()
  })

  it('asks, and y deletes', async () => {
    const user = remove()
    await user.shows(question)
    user.type('y\r')
    const { code, screen } = await user.ended
    expect(screen).toContain(`application ${name} is being deleted with its resources`)
    expect(code).toBe(0)
    await whenGone(scene.kube, pathOf(name))
  })

  it('does not ask with --yes, on a terminal or not', async () => {
    for (const run of [
      (...args: readonly string[]) => onTerminal(...args).ended,
      (...args: readonly string[]) => driftless(...args),
    ]) {
      await create(name)
      expect((await run('app', 'delete', name, '--yes')).code).toBe(0)
      await whenGone(scene.kube, pathOf(name))
    }
  })
})

describe('progress', () => {
  const name = 'terminal-progress'

  beforeAll(() => create(name))

  /** What each line was, in the order in which they were written over each other. */
  const linesOf = (screen: string) => screen.split(lineStart).slice(1, -1)

  it('of app sync is one line on a terminal, which is written anew and gone at the end', async () => {
    const { code, screen } = await onTerminal('app', 'sync', name, '--timeout', '60').ended
    expect(code).toBe(0)
    const lines = linesOf(screen)
    expect(lines.filter((line) => line.startsWith(`${name}: `))).toEqual(lines)
    expect(new Set(lines).size).toBeGreaterThan(1)
    expect(lines.join('\n')).toMatch(/Running: /)
    const end = screen.lastIndexOf(lineStart)
    expect(screen.slice(0, end)).not.toContain('\n')
    const rest = screen.slice(end + lineStart.length)
    expect(rest).toMatch(/^PHASE +GROUP/)
    expect(rest).toContain(`${name} Succeeded`)
  })

  it('of app wait is shown while it waits', async () => {
    await scene.push({ [`${name}/config.yaml`]: configMap(name, 'two') })
    await driftless('app', 'get', name, '--refresh')
    const waiting = onTerminal('app', 'wait', name, '--timeout', '60')
    await waiting.shows(`${lineStart}${name}: OutOfSync`)
    expect((await driftless('app', 'sync', name, '--timeout', '60')).code).toBe(0)
    const { code, screen } = await waiting.ended
    expect(screen).toContain(`${lineStart}${name} is Synced, Healthy`)
    expect(linesOf(screen).join('\n')).toMatch(/Running: /)
    expect(code).toBe(0)
  })

  it('is plain lines elsewhere, one per change, and apart from the data', async () => {
    const piped = await driftless('app', 'sync', name, '--timeout', '60')
    const waited = await driftless('app', 'wait', name, '--timeout', '60')
    expect([piped.code, waited.code]).toEqual([0, 0])
    for (const { stdout, stderr } of [piped, waited]) {
      expect(stdout + stderr).not.toContain('\u001b')
      expect(stdout + stderr).not.toContain('\r')
      expect(stderr).toMatch(new RegExp(`^(${name}: .+\n)+$`))
      expect(stdout).not.toContain(`${name}: `)
    }
    expect(piped.stderr).toMatch(/Running: /)
  })
})
