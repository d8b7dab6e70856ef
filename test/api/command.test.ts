import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { send, startApi, type TestApi } from '../harness/api.ts'
import { type UserCommand, userCommand } from '../harness/command.ts'
import { repoURL, shopApplication } from './shop-application.ts'

let api: TestApi
let driftless: UserCommand

beforeAll(async () => {
  api = await startApi(inject('endpoints'), 'api-command')
  driftless = userCommand({ DRIFTLESS_SERVER: api.url, DRIFTLESS_AUTH_TOKEN: api.token })
})
afterAll(async () => {
  driftless.remove()
  await api.stop()
})

const flags = ['--repo', repoURL, '--dest-namespace', 'shop']

describe('sessions', () => {
  it('begin with login and end with logout; the file is for its owner only', async () => {
    const user = userCommand()
    const login = await user('login', api.url, '--password', api.password)
    expect(login).toMatchObject({ code: 0, stdout: `logged in to ${api.url} as admin\n` })
    expect(statSync(user.configFile).mode & 0o777).toBe(0o600)
    expect((await user('context')).stdout).toContain(`*         ${api.url}`)
    expect((await user('app', 'list')).code).toBe(0)
    expect((await user('logout')).code).toBe(0)
    const after = await user('app', 'list')
    expect(after).toMatchObject({ code: 20, stderr: expect.stringMatching(/no server is known/) })
    user.remove()
  })

  it('are refused with a wrong password, and the password is not repeated', async () => {
    const { code, stderr } = await driftless('login', api.url, '--password', 'wrong-secret')
    expect([code, stderr]).toEqual([20, expect.stringMatching(/Invalid username or password/)])
    expect(stderr).not.toContain('wrong-secret')
  })

  it('take the environment of argocd as well', async () => {
    const server = api.url.replace('http://', '')
    const user = userCommand({ ARGOCD_SERVER: server, ARGOCD_AUTH_TOKEN: api.token })
    expect((await user('app', 'list')).code).toBe(0)
    user.remove()
  })

  it('need nothing where npm start runs: its own file tells all', async () => {
    const user = userCommand()
    mkdirSync(join(user.folder, '.driftless'))
    const endpoints = { ...inject('endpoints'), api: api.url, adminPassword: api.password }
    writeFileSync(join(user.folder, '.driftless', 'endpoints.json'), JSON.stringify(endpoints))
    expect((await user('app', 'list')).code).toBe(0)
    expect((await user('app', 'list')).code).toBe(0)
    user.remove()
  })

  it('say what to do when nobody answers', async () => {
    const { code, stderr } = await driftless('app', 'list', '--server', '127.0.0.1:1')
    expect([code, stderr]).toEqual([20, expect.stringMatching(/127\.0\.0\.1:1 does not answer/)])
  })
})

describe('app create and app set (CLI-04, CLI-05)', () => {
  it('declare what the options say', async () => {
    const made = await driftless(
      'app',
      'create',
      'made',
      ...flags,
      '--sync-policy',
      'auto',
      '--set-finalizer',
    )
    expect(made).toMatchObject({ code: 0, stdout: 'application made created\n' })
    const { spec, metadata } = await api.stored('made')
    expect(spec).toEqual({
      project: 'default',
      source: { repoURL, path: '.' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
      syncPolicy: { automated: {} },
    })
    expect(metadata.finalizers).toEqual(['resources-finalizer.argocd.argoproj.io'])
    await driftless('app', 'set', 'made', '--self-heal', '--revision', 'v2', '--sync-option', 'A=b')
    await driftless('app', 'patch', 'made', '--patch', '{"spec":{"revisionHistoryLimit":3}}')
    expect((await api.stored('made')).spec).toMatchObject({
      source: { targetRevision: 'v2', path: '.' },
      syncPolicy: { automated: { selfHeal: true }, syncOptions: ['A=b'] },
      revisionHistoryLimit: 3,
    })
    await driftless('app', 'set', 'made', '--sync-policy', 'manual')
    expect((await api.stored('made')).spec.syncPolicy).toEqual({ syncOptions: ['A=b'] })
  })

  it('change one of several sources by its name, and none where it is not said which (SRC-09)', async () => {
    const sources = [
      { repoURL, path: 'a', name: 'web' },
      { repoURL, path: 'b' },
    ]
    const { spec, ...rest } = shopApplication('several')
    const file = join(driftless.folder, 'several.yaml')
    const declared = { ...rest, spec: { ...spec, source: undefined, sources } }
    writeFileSync(file, JSON.stringify(declared))
    await driftless('app', 'create', '--file', file)
    await driftless('app', 'set', 'several', '--source-name', 'web', '--revision', 'v2')
    await driftless('app', 'set', 'several', '--source-position', '2', '--path', 'c')
    expect((await api.stored('several')).spec.sources).toEqual([
      { ...sources[0], targetRevision: 'v2' },
      { ...sources[1], path: 'c' },
    ])
    const { code, stderr } = await driftless('app', 'set', 'several', '--revision', 'v3')
    expect([code, stderr]).toEqual([20, expect.stringContaining('choose one of: 1 web, 2 -')])
  })

  it('read Applications from a file', async () => {
    const file = join(driftless.folder, 'applications.yaml')
    const manifest = (name: string) => JSON.stringify(shopApplication(name))
    writeFileSync(file, `${manifest('first')}\n---\n${manifest('second')}\n`)
    const { code, stdout } = await driftless('app', 'create', '--file', file)
    expect([code, stdout]).toEqual([0, 'application first created\napplication second created\n'])
    expect((await api.stored('second')).metadata.name).toBe('second')
  })

  it('refuse what the server refuses, in its words', async () => {
    const { code, stderr } = await driftless('app', 'create', 'bad', ...flags, '--project', 'none')
    expect([code, stderr]).toEqual([20, expect.stringMatching(/there is no AppProject none/)])
    expect((await driftless('app', 'set', 'made')).code).toBe(20)
    expect((await driftless('app', 'create', '--file', 'nowhere.yaml')).stderr).toMatch(/nowhere/)
  })
})

describe('app list and app get', () => {
  beforeAll(async () => {
    await driftless('app', 'create', 'broken', ...flags, '--label', 'team=shop')
    const operationState = {
      ...{ phase: 'Failed', message: 'no', operation: {} },
      ...{ startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:01Z' },
    }
    const hold = {
      revision: 'abcdef123',
      id: 1,
      by: 'kim',
      at: '2026-01-01T00:00:00Z',
      inputs: 'x',
    }
    const conditions = [
      { type: 'SyncError', message: 'a\u001b[2Jb', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ]
    await api.patch('broken', { status: { operationState, conditions, driftless: { hold } } })
  })

  it('print a table, names, JSON and YAML', async () => {
    const { stdout } = await driftless('app', 'list')
    expect(stdout.split('\n')[0]).toMatch(/^NAME +PROJECT +STATUS +HEALTH +OPERATION/)
    expect(stdout).toMatch(/^broken +default +Unknown +Unknown +Failed/m)
    const names = await driftless('app', 'list', '-o', 'name', '-l', 'team=shop')
    expect(names.stdout).toBe('api-command/broken\n')
    const json = await driftless('app', 'get', 'broken', '-o', 'json')
    const yaml = await driftless('app', 'get', 'broken', '-o', 'yaml')
    expect(load(yaml.stdout)).toEqual(JSON.parse(json.stdout))
    expect((await driftless('app', 'list', '-o', 'wide')).stdout).toContain('git.example.com')
  })

  it('exit 1 with --failed when there is one, 0 when there is none', async () => {
    const some = await driftless('app', 'list', '--failed', '-o', 'name')
    expect([some.code, some.stdout]).toEqual([1, 'api-command/broken\n'])
    expect((await driftless('app', 'list', '--failed', '-l', 'team=none')).code).toBe(0)
  })

  it('show a hold, and keep control characters from the terminal', async () => {
    const { stdout } = await driftless('app', 'get', 'broken')
    expect(stdout).toMatch(/On Hold: +at abcdef1 by kim/)
    expect(stdout).toContain('a [2Jb')
    expect(stdout).not.toContain('\u001b')
  })

  it('say 20 for an application that is not there', async () => {
    const { code, stderr } = await driftless('app', 'get', 'none')
    expect([code, stderr]).toEqual([20, expect.stringMatching(/there is no Application none/)])
  })
})

describe('app wait (CLI-02)', () => {
  it('ends when what is waited for is there, and with 20 when it is not in time', async () => {
    await driftless('app', 'create', 'awaited', ...flags)
    const waiting = driftless('app', 'wait', 'awaited', '--health', '--timeout', '60')
    await api.patch('awaited', { status: { health: { status: 'Healthy' } } })
    expect(await waiting).toMatchObject({ code: 0, stdout: 'awaited is Healthy\n' })
    const late = await driftless('app', 'wait', 'awaited', '--sync', '--timeout', '1')
    expect([late.code, late.stderr]).toEqual([
      20,
      expect.stringMatching(/awaited is not Synced after 1 s/),
    ])
  })

  it('knows when an application is gone', async () => {
    expect((await driftless('app', 'wait', 'none', '--delete')).code).toBe(0)
    expect((await driftless('app', 'wait', 'none')).code).toBe(20)
  })
})

describe('other commands', () => {
  it('version tells both sides', async () => {
    const { stdout } = await driftless('version')
    const { body } = await send<{ Version: string }>(api.url, 'GET', '/api/version')
    expect(stdout).toBe(`driftless: ${body.Version}\nserver:    ${body.Version}\n`)
  })

  it('notifications send says how to set Slack up', async () => {
    const { code, stderr } = await driftless('notifications', 'send', 'made', 'on-deployed')
    expect([code, stderr]).toEqual([20, expect.stringMatching(/SLACK_BOT_TOKEN/)])
  })

  it('admin initial-password prints it', async () => {
    const { kubeconfig } = inject('endpoints')
    const admin = userCommand({ KUBECONFIG: kubeconfig, DRIFTLESS_NAMESPACE: api.namespace })
    expect((await admin('admin', 'initial-password')).stdout).toBe(`${api.password}\n`)
    admin.remove()
  })

  it.each(['bash', 'zsh', 'fish'])('completion %s names the commands', async (shell) => {
    const { code, stdout } = await driftless('completion', shell)
    expect(code).toBe(0)
    expect(stdout).toContain('initial-password')
    expect(stdout).toContain('--hard-refresh')
  })

  it('a mistake in the options is an error, never a "no"', async () => {
    expect((await driftless('app', 'diff', '--nope')).code).toBe(20)
    expect((await driftless('--help')).code).toBe(0)
  })
})
