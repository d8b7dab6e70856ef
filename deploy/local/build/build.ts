import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type LockResult, tryLock } from '../lock.ts'
import { beginStep, type Step } from '../progress.ts'
import { StartError } from '../start-error.ts'
import { builtAt, removeHalfMade, sourcesOf } from './cache.ts'
import { runCommand } from './command.ts'
import type { Program, Recipe } from './recipes.ts'

const waitMs = 500

/** Builds the part unless it is there, and gives its folder. Two starts at once never build twice. */
export async function ensureBuilt(
  recipe: Recipe,
  nth: string,
  signal: AbortSignal,
): Promise<string> {
  const target = builtAt(recipe)
  if (existsSync(target)) return target
  const step = beginStep(`${nth} ${recipe.tool === 'go' ? 'building' : 'fetching'} ${recipe.title}`)
  try {
    const lock = await waitForLock(`${target}.lock`, recipe, step, signal)
    try {
      // who held the lock before may have built it
      if (!existsSync(target)) await build(recipe, target, step, signal)
    } finally {
      lock.release()
    }
    step.done()
    return target
  } finally {
    step.failed()
  }
}

async function waitForLock(file: string, { title }: Recipe, step: Step, signal: AbortSignal) {
  for (;;) {
    const lock: LockResult = tryLock(file, title)
    if (lock.kind === 'taken') {
      step.detail('')
      return lock
    }
    step.say(`another start (process ${lock.by.pid}) is building it; waiting for that`)
    await delay(waitMs, undefined, { signal })
  }
}

async function build(
  recipe: Recipe,
  target: string,
  step: Step,
  signal: AbortSignal,
): Promise<void> {
  removeHalfMade(target)
  const aside = `${target}.tmp-${process.pid}`
  mkdirSync(aside, { recursive: true })
  try {
    const onLine = (line: string): void => step.detail(line.slice(0, 60))
    const { code, output } =
      recipe.tool === 'go'
        ? await goBuild(recipe, aside, signal, onLine)
        : await mavenCopy(recipe, aside, signal)
    signal.throwIfAborted()
    if (code !== 0) throw new StartError(`cannot build ${recipe.title}:\n${output.trim()}`)
    step.detail('')
    await verify(recipe, aside)
    renameSync(aside, target)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

function goBuild(
  { packages, programs, ldflags, ...recipe }: Recipe,
  folder: string,
  signal: AbortSignal,
  onLine: (line: string) => void,
) {
  const only = packages.length === 1 ? programs[0]?.name : undefined
  const output = only === undefined ? `${folder}/` : join(folder, only)
  const args = [
    'build',
    '-trimpath',
    '-buildvcs=false',
    '-ldflags',
    ldflags,
    '-o',
    output,
    ...packages,
  ]
  // settings of the user's shell must not change what is built
  const env = { CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' }
  return runCommand('go', args, {
    cwd: sourcesOf({ packages, programs, ldflags, ...recipe }),
    env,
    signal,
    onLine,
  })
}

function mavenCopy(recipe: Recipe, folder: string, signal: AbortSignal) {
  const pom = join(sourcesOf(recipe), 'pom.xml')
  return runCommand(
    'mvn',
    [
      '-q',
      '-B',
      '-f',
      pom,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${join(folder, 'libs')}`,
    ],
    { cwd: folder, signal },
  )
}

async function verify(recipe: Recipe, folder: string): Promise<void> {
  const wrong =
    recipe.tool === 'mvn'
      ? !existsSync(join(folder, 'libs'))
      : !(await allAnswer(recipe.programs, (name) => join(folder, name)))
  if (wrong) {
    throw new StartError(
      `the build of ${recipe.title} made something else: remove ${basename(builtAt(recipe))} from the cache and check go.mod`,
    )
  }
}

/** Whether every program runs and is of the pinned version. */
export async function allAnswer(
  programs: readonly Program[],
  pathOf: (name: string) => string,
): Promise<boolean> {
  for (const { name, versionArgs, version } of programs) {
    const { code, output } = await runCommand(pathOf(name), versionArgs)
    if (code !== 0 || !output.includes(version)) return false
  }
  return true
}
