import { join } from 'node:path'
import { provideAdminPassword } from './admin-password.ts'
import { runCommand } from './build/command.ts'
import type { Context } from './context.ts'
import { driftlessEnvironment } from './parts/driftless.ts'
import { beginStep } from './progress.ts'
import { StartError } from './start-error.ts'

const shownLines = 15

/** Creates CRDs, namespace, default project, topics and the Temporal namespace; gives the admin password. */
export async function installDriftless(
  context: Context,
  root: string,
  adoptCrds: boolean,
  signal: AbortSignal,
): Promise<string> {
  const step = beginStep('install (CRDs, topics, Temporal namespace)')
  const args = [join(root, 'cli', 'main.ts'), 'install', ...(adoptCrds ? ['--adopt-crds'] : [])]
  const env = driftlessEnvironment(context)
  const { code, output } = await runCommand(process.execPath, args, { cwd: root, env, signal })
  if (code === 0) {
    const { DRIFTLESS_NAMESPACE: namespace = 'argocd' } = env
    const { adminPassword } = context.secrets
    const password = await provideAdminPassword(context.kubeconfig, namespace, adminPassword)
    step.done()
    return password
  }
  step.failed()
  signal.throwIfAborted()
  const end = output.trim().split('\n').slice(-shownLines).join('\n')
  throw new StartError(`\`driftless install\` failed:\n${end}`)
}
