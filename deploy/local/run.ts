import { join } from 'node:path'
import { printBanner, printNextSteps } from './banner.ts'
import { providePrograms } from './build/programs.ts'
import { compileDriftless } from './compile.ts'
import type { Context } from './context.ts'
import { emptyDataFolder, takeDataFolder } from './data-folder.ts'
import { demoNamespace, deployDemo } from './demo.ts'
import { seedDemoRepository } from './demo-repository.ts'
import { type Endpoints, endpointsOf, removeEndpoints, writeEndpoints } from './endpoints.ts'
import { type External, readExternal } from './external.ts'
import { installDriftless } from './install-driftless.ts'
import type { Options } from './options.ts'
import { driftless, driftlessParts } from './parts/driftless.ts'
import { git } from './parts/git.ts'
import { choosePorts, untilFree } from './ports.ts'
import { provideSecrets } from './secrets.ts'
import { bringUp, createContext, startShown } from './stack.ts'
import { endStrays, recordPids } from './strays.ts'
import { Supervisor } from './supervise.ts'

const portsPatienceMs = 10_000

type Run = {
  readonly options: Options
  readonly root: string
  readonly signal: AbortSignal
  readonly supervisor: Supervisor
  readonly external: External
  /** Known once everything is ready; a restart then renews the file. */
  published: Endpoints | undefined
  context: Context | undefined
  /** As the cluster has it; empty when nobody but the user knows it. */
  adminPassword: string
}

/** Starts everything, stays until the signal, and leaves no child and no taken port behind. */
export async function runUntilStopped(
  options: Options,
  root: string,
  signal: AbortSignal,
): Promise<void> {
  const folder = takeDataFolder(options.data)
  const run: Run = {
    ...{
      options,
      root,
      signal,
      external: readExternal(),
      published: undefined,
      context: undefined,
      adminPassword: '',
    },
    supervisor: new Supervisor({
      logs: join(folder.path, 'logs'),
      say: (line) => console.log(`  ! ${line}`),
      changed: (pids) => recordChange(run, pids),
    }),
  }
  const stopped = new Promise<'stopped'>((resolve) => {
    if (signal.aborted) resolve('stopped')
    signal.addEventListener('abort', () => resolve('stopped'), { once: true })
  })
  try {
    const starting = start(run)
    // when we are stopped meanwhile its failure is only an echo of that
    starting.catch(() => undefined)
    await Promise.race([starting, stopped])
    await stopped
  } finally {
    await stopAll(run)
    folder.release()
  }
}

async function start(run: Run): Promise<void> {
  const { options, root, signal, supervisor, external } = run
  const began = Date.now()
  const strays = await endStrays(pidsFile(options.data))
  if (strays.length > 0) console.log(`  ended what a killed start left: ${strays.join(', ')}`)
  removeEndpoints(options.data)
  if (options.fresh) emptyDataFolder(options.data)
  const programs = await providePrograms(external, signal)
  const compiled = await compileDriftless(root, signal)
  const built = Date.now()
  console.log(`Starting Driftless with its local stack, data in ${options.data}`)
  const ports = await choosePorts(join(options.data, 'ports.json'), options.port)
  const context = createContext(
    { ...options, ports },
    programs,
    provideSecrets(options.data),
    external,
  )
  run.context = context
  await bringUp(context, external, supervisor, signal)
  if (options.driftless) {
    run.adminPassword = await installDriftless(context, root, options.adoptCrds, signal)
    const parts = driftlessParts.map((name) => driftless(name, compiled, context))
    if (options.demo) {
      await seedDemoRepository(join(options.data, 'git'))
      parts.push(git(context))
    }
    await Promise.all(parts.map((part) => startShown(supervisor, part)))
  }
  if (options.demo) await deployDemo(context, signal)
  if (signal.aborted) return
  publish(run, context)
  if (run.published === undefined) return
  printBanner(run.published, options.data, (Date.now() - built) / 1000)
  if (options.demo) printNextSteps(run.published, demoNamespace)
  if (built - began > 60_000) console.log('  The next start takes seconds: what was built is kept.')
}

function publish(run: Run, context: Context): void {
  const { demo } = run.options
  const temporalUi = run.external.temporal === undefined
  const { adminPassword } = run
  run.published = endpointsOf(context, { demo, temporalUi, adminPassword }, run.supervisor.pids())
  writeEndpoints(run.options.data, run.published)
}

function recordChange(run: Run, pids: Readonly<Record<string, number>>): void {
  try {
    recordPids(pidsFile(run.options.data), pids)
    if (run.published !== undefined && run.context !== undefined && !run.signal.aborted) {
      publish(run, run.context)
    }
  } catch (error) {
    // a full disk or a removed folder must not take the supervision of the children down
    console.error(`  ! cannot write to ${run.options.data}: ${(error as Error).message}`)
  }
}

async function stopAll(run: Run): Promise<void> {
  const { options, supervisor, context } = run
  run.published = undefined
  removeEndpoints(options.data)
  if (Object.keys(supervisor.pids()).length === 0) return await supervisor.stop()
  console.log('\nstopping …')
  await supervisor.stop()
  const ports = Object.values(context?.ports ?? {})
  if (await untilFree(ports, portsPatienceMs)) console.log('stopped, no process is left')
  else console.log('stopped, but some of the ports are still in use')
}

function pidsFile(data: string): string {
  return join(data, 'pids.json')
}
