import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './build/command.ts'
import { beginStep } from './progress.ts'
import { StartError } from './start-error.ts'

const rooms = ['activities', 'api', 'cli', 'clients', 'core', 'event-sources', 'workflows']
const further = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']
const dayMs = 24 * 3_600_000
const shownLines = 15

/**
 * Compiles Driftless into a folder that is named by the digest of its sources, and bundles the
 * workflows; gives that folder. Node could run the sources as they are, but its compiler for them
 * costs every process 25 to 60 MB and the bundler another 100 (docs/decisions/0014).
 */
export async function compileDriftless(root: string, signal: AbortSignal): Promise<string> {
  const dist = join(root, 'dist')
  const target = join(dist, digestOfSources(root))
  if (existsSync(target)) return target
  const step = beginStep('compile Driftless')
  const scratch = `${target}.${process.pid}`
  try {
    mkdirSync(scratch, { recursive: true })
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    await run(tsc, ['-p', 'tsconfig.build.json', '--outDir', scratch], root, signal)
    cpSync(join(root, 'package.json'), join(scratch, 'package.json'))
    cpSync(join(root, 'deploy', 'crds'), join(scratch, 'deploy', 'crds'), { recursive: true })
    await run(process.execPath, [join(scratch, 'cli', 'main.js'), 'bundle'], root, signal)
    // whoever was faster made the same
    if (!existsSync(target)) renameSync(scratch, target)
    removeOld(dist, target)
    step.done()
    return target
  } finally {
    rmSync(scratch, { recursive: true, force: true })
    step.failed()
  }
}

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<void> {
  const { code, output } = await runCommand(command, args, { cwd, env: {}, signal })
  signal.throwIfAborted()
  if (code === 0) return
  const end = output.trim().split('\n').slice(-shownLines).join('\n')
  throw new StartError(`Driftless cannot be compiled:\n${end}`)
}

function digestOfSources(root: string): string {
  const hash = createHash('sha256')
  for (const room of rooms) {
    const names = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    for (const name of names.filter(isSource).sort()) {
      hash.update(`${room}/${name}\0`).update(readFileSync(join(root, room, name)))
    }
  }
  for (const name of further) {
    if (existsSync(join(root, name))) hash.update(readFileSync(join(root, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

function isSource(name: string): boolean {
  return name.endsWith('.ts') && !name.endsWith('.test.ts')
}

/** Another start may still run from another digest; nobody runs for more than a day from here. */
function removeOld(dist: string, target: string): void {
  for (const name of readdirSync(dist)) {
    const folder = join(dist, name)
    if (folder !== target && Date.now() - statSync(folder).mtimeMs > dayMs) {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
