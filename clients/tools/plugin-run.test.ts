import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RenderError } from '../../core/errors.ts'
import { processStat } from '../process-stat.ts'
import { createPluginRunner } from './plugin-run.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'driftless-plugin-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function run(script: string, { mayUseNetwork = false, search = '/usr/bin:/bin' } = {}) {
  const line = ['/bin/sh', '-c', script]
  const plugin = { name: 'stamp', generate: line, mayUseNetwork }
  return createPluginRunner()({ plugin, line, cwd, env: { PATH: search, HOME: cwd } })
}

describe('a command of a plugin', () => {
  it('sees no network, and nothing of the environment of the worker', async () => {
    const interfaces = 'tail -n +3 /proc/net/dev | cut -d: -f1'
    expect((await run(interfaces)).trim()).toBe('lo')
    const open = await run(interfaces, { mayUseNetwork: true })
    expect(open.split('\n').length).toBeGreaterThan(1)
    expect((await run('env')).split('\n').map((one) => one.split('=')[0])).not.toContain('USER')
    await expect(run(`cat /proc/${process.pid}/environ`)).rejects.toThrow(RenderError)
  })

  it('leaves no process behind, not even one that went into a session of its own', async () => {
    // its id as we see it: /proc is ours
    await run(
      `setsid sh -c 'cd /proc/self && pwd -P > ${cwd}/left; exec sleep 600' & until [ -s left ]; do :; done`,
    )
    const left = basename(readFileSync(join(cwd, 'left'), 'utf8').trim())
    expect(processStat(Number(left))).toBeUndefined()
  })

  it('is ended when it starts too many processes or takes too much memory', async () => {
    await expect(
      run('i=0; while [ $i -lt 250 ]; do sleep 60 & i=$((i+1)); done; wait'),
    ).rejects.toThrow('plugin stamp started more than 200 processes')
    await expect(
      run(`${process.execPath} -e "const a=[];for(;;)a.push(Buffer.alloc(16<<20,1))"`),
    ).rejects.toThrow('of memory')
  })

  it('is refused where nothing keeps it from the network, unless the operator permits that', async () => {
    await expect(run('echo here', { search: '/nowhere' })).rejects.toThrow(
      /unshare.*permit the network/,
    )
    const permitted = { search: '/nowhere', mayUseNetwork: true }
    expect(await run('echo here', permitted)).toBe('here\n')
  })
})
