import { spawn } from 'node:child_process'
import { StartError } from './start-error.ts'

/** Settings of the user's own Git must not change what the demo and the tests do. */
export const gitEnvironment: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Driftless',
  GIT_AUTHOR_EMAIL: 'demo@driftless.dev',
  GIT_COMMITTER_NAME: 'Driftless',
  GIT_COMMITTER_EMAIL: 'demo@driftless.dev',
  LC_ALL: 'C.UTF-8',
}

/** Runs git in a folder and gives what it printed; fails with what it complained about. */
export function git(folder: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...gitEnvironment },
    })
    let out = ''
    let complaint = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(out.trimEnd())
      else reject(new StartError(`git ${args[0]} in ${folder} failed: ${complaint.trim()}`))
    })
  })
}
