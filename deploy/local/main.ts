import { resolve } from 'node:path'
import { PlatformError } from '../../core/errors.ts'
import { parseOptions, usage } from './options.ts'
import { runUntilStopped } from './run.ts'
import { StartError } from './start-error.ts'

const root = resolve(import.meta.dirname, '..', '..')
const controller = new AbortController()
const stop = (): void => controller.abort()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
// whoever started us is gone
process.on('disconnect', stop)
// a closed terminal must not keep us from stopping the children
process.stdout.on('error', stop)
process.stderr.on('error', stop)

try {
  const options = parseOptions(process.argv.slice(2), root)
  if (options.help) console.log(usage)
  else await runUntilStopped(options, root, controller.signal)
} catch (error) {
  process.exitCode = 1
  const explained = error instanceof StartError || error instanceof PlatformError
  if (explained) console.error(`\n${error.message}`)
  else console.error(error)
}
// a wait that was cut short may still hold the process
process.exit()
