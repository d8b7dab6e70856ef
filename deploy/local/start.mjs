// Plain JavaScript for any Node >= 18 with nothing installed: it installs what is missing and hands over to main.ts.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install } from './install.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
let child
let stoppedBy

for (const signal of signals) {
  process.on(signal, () => {
    stoppedBy ??= signal
    // a terminal sends Ctrl-C to the whole group, `kill` only to us; main.ts takes the second one for the first
    child?.kill(signal)
  })
}

const run = (command, args, options) => {
  child = spawn(command, args, { cwd: root, ...options })
  if (stoppedBy !== undefined) child.kill(stoppedBy)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

try {
  await install(root, run)
  const node = join(root, 'node_modules', '.bin', 'node')
  // the channel tells main.ts when we are gone without a word
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc']
  process.exitCode = await run(node, ['deploy/local/main.ts', ...process.argv.slice(2)], { stdio })
} catch (error) {
  console.error(stoppedBy === undefined ? `error: ${error.message}` : 'stopped')
  process.exitCode = 1
}
