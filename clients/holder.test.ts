import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { hasEnded, holderName } from './holder.ts'

const program = `
  const { holderName } = await import(${JSON.stringify(import.meta.resolve('./holder.ts'))})
  process.stdout.write(holderName())
  process.stdin.resume()
`
const start = async (): Promise<{ child: ChildProcess; name: string }> => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, name: said.toString() }
}

// process ids are only told apart where there is /proc
describe.runIf(process.platform === 'linux')('whether a holder has ended', () => {
  it('is seen of a process of this machine', async () => {
    const { child, name } = await start()
    expect(hasEnded(name)).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(hasEnded(name)).toBe(true)
  })

  it('is seen also when another process has its pid now', () => {
    const [machine, startedAt, ...rest] = holderName().split('_').reverse()
    const before = [...rest.reverse(), `${Number(startedAt) - 1}`, machine].join('_')
    expect(hasEnded(holderName())).toBe(false)
    expect(hasEnded(before)).toBe(true)
  })

  it('is never believed of a process of another machine, nor of a name that is not ours', () => {
    expect(hasEnded('elsewhere_999999_1_0123456789ab')).toBe(false)
    expect(hasEnded('elsewhere')).toBe(false)
    expect(hasEnded('')).toBe(false)
  })
})
