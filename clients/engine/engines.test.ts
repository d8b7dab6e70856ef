import { afterAll, describe, expect, it } from 'vitest'
import { InvalidSpecError, ScriptError, ScriptTimeout } from '../../core/errors.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { createJq } from '../jq.ts'
import { createLua } from '../lua.ts'

const lua = createLua()
const jq = createJq()
afterAll(async () => {
  await Promise.all([lua.close(), jq.close()])
})

const object: Manifest = {
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a' },
  status: { phase: 'Ready', list: [1, 2, 3], nothing: null, ratio: 0.5 },
}
const run = (script: string, openLibs = false) => lua.run({ script, object, openLibs })

describe('Lua of users', () => {
  it('HEALTH-21: reads the object, where null is nil', async () => {
    const script = `
      return { status = obj.status.phase, n = #obj.status.list, sum = obj.status.list[1] + obj.status.list[3],
        isNil = obj.status.nothing == nil, ratio = obj.status.ratio }`
    expect(await run(script)).toEqual({ status: 'Ready', n: 3, sum: 4, isNil: true, ratio: 0.5 })
  })

  it('HEALTH-21: has no more libraries than Argo CD gives, unless they are opened', async () => {
    await expect(run('return string.upper("a")')).rejects.toThrow(ScriptError)
    expect(await run('return string.upper("a")', true)).toBe('A')
    expect(await run('local os = require("os") return os.time() > 0')).toBe(true)
  })

  it('still knows what Lua 5.1 had', async () => {
    expect(await run('return table.getn(obj.status.list)')).toBe(3)
    expect(await run('return { unpack({1, 2}) }')).toEqual([1, 2])
    expect(await run('return loadstring("return 7")()', true)).toBe(7)
  })

  it.each([
    'return io',
    'return debug',
    'return os.execute',
    'return os.exit',
    'return dofile',
    'return loadfile',
    'return package.loadlib',
    'return os.getenv("PATH")',
    'return print("x")',
  ])('H2: reaches nothing outside of its engine: %s', async (script) => {
    expect(await run(script, true)).toBeNull()
  })

  it('leaves nothing behind for the next script', async () => {
    await run('leak = 1; table.insert = nil')
    expect(await run('table.insert({}, 1) return leak == nil')).toBe(true)
  })

  it('H8: is ended when it does not end, and the next one runs', async () => {
    const endless = run('while true do end')
    const next = run('return 1')
    await expect(endless).rejects.toThrow(ScriptTimeout)
    expect(await next).toBe(1)
  })

  it('gets no more memory than it may have', async () => {
    const greedy = 'local s = "x" while true do s = s .. s end'
    await expect(run(greedy)).rejects.toThrow('not enough memory')
    expect(await run('return 1')).toBe(1)
  })

  it('says where it is wrong', async () => {
    await expect(run('return obj.spec.size')).rejects.toThrow("field 'spec'")
    await expect(run('return (')).rejects.toThrow(ScriptError)
  })
})

describe('jq of users', () => {
  it('DIFF-05: gives one value', async () => {
    expect(await jq.run(object, '.status.list | length')).toBe(3)
    await expect(jq.run(object, '.status.list[]')).rejects.toThrow('several values')
    await expect(jq.run(object, 'empty')).rejects.toThrow('nothing')
  })

  it('says what is wrong', async () => {
    await expect(jq.run(object, '.status.phase[]')).rejects.toThrow('Cannot iterate over string')
  })

  it('DIFF-05: tells of an expression that is no jq, which nothing can mend but its author', async () => {
    const unfinished = jq.run(object, 'del(.a[)')
    await expect(unfinished).rejects.toThrow(InvalidSpecError)
    await expect(unfinished).rejects.toThrow(
      'the jq expression del(.a[) cannot be read: syntax error',
    )
    await expect(jq.run(object, 'nothing(1)')).rejects.toThrow('nothing/1 is not defined')
  })

  it('H8: is ended when it does not end, and the next one runs', async () => {
    await expect(jq.run(object, 'until(false; .)')).rejects.toThrow(ScriptTimeout)
    expect(await jq.run(object, '.kind')).toBe('Widget')
  })

  it('H2: sees no environment of ours', async () => {
    const names = await jq.run(
      {},
      '[env | keys[]] - ["USER","LOGNAME","PATH","PWD","HOME","LANG","_"]',
    )
    expect(names).toEqual([])
  })
})
