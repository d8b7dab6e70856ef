import { join } from 'node:path'
import { runCommand } from './build/command.ts'
import type { Context } from './context.ts'
import { driftlessEnvironment } from './parts/driftless.ts'
import { beginStep } from './progress.ts'
import { StartError } from './start-error.ts'

const shownLines = 15

/** Creates CRDs, namespace, default project, topics and the Temporal namespace. */
export async function installDriftless(
  context: Context,
  root: string,
  adoptCrds: boolean,
  signal: AbortSignal,
): Promise<void> {
  const step = beginStep('install (CRDs, topics, Temporal namespace)')
  const args = [join(root, 'cli', 'main.ts'), 'install', ...(adoptCrds ? ['--adopt-crds'] : [])]
  const env = driftlessEnvironment(context)
  const { code, output } = await runCommand(process.execPath, args, { cwd: root, env, signal })
  if (code === 0) return step.done()
  step.failed()
  signal.throwIfAborted()
  const end = output.trim().split('\n').slice(-shownLines).join('\n')
  throw new StartError(`\`driftless install\` failed:\n${end}`)
}
