import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { External } from '../external.ts'
import { allAnswer, ensureBuilt } from './build.ts'
import { builtAt } from './cache.ts'
import { type Recipe, type RecipeName, recipes } from './recipes.ts'
import { type Need, requireTools } from './tools.ts'

/** Where the programs are: a folder per recipe, or the empty text when the PATH has the pinned version. */
export type Programs = {
  readonly folders: Readonly<Partial<Record<RecipeName, string>>>
  /** The command of a program of a recipe. */
  command(recipe: RecipeName, program: string): string
}

const variable: Readonly<Partial<Record<RecipeName, string>>> = {
  etcd: 'KUBECONFIG',
  kube: 'KUBECONFIG',
  kwok: 'KUBECONFIG',
  temporal: 'TEMPORAL_ADDRESS',
  kafka: 'KAFKA_BROKERS',
}

/** Finds or builds what this start runs; says at once if a tool for that is missing. */
export async function providePrograms(external: External, signal: AbortSignal): Promise<Programs> {
  const names = (Object.keys(recipes) as RecipeName[]).filter((name) => !isExternal(name, external))
  const folders: Partial<Record<RecipeName, string>> = {}
  const toBuild: RecipeName[] = []
  for (const name of names) {
    const recipe: Recipe = recipes[name]
    if (existsSync(builtAt(recipe))) folders[name] = builtAt(recipe)
    else if (await isOnPath(recipe)) folders[name] = ''
    else toBuild.push(name)
  }
  await requireTools(needsOf(toBuild, names))
  if (toBuild.length > 0) announce(toBuild)
  for (const [index, name] of toBuild.entries()) {
    folders[name] = await ensureBuilt(recipes[name], `[${index + 1}/${toBuild.length}]`, signal)
  }
  return {
    folders,
    command: (recipe, program) => join(folders[recipe] ?? '', program),
  }
}

function isExternal(name: RecipeName, external: External): boolean {
  const from = {
    KUBECONFIG: external.kubeconfig,
    TEMPORAL_ADDRESS: external.temporal,
    KAFKA_BROKERS: external.kafka,
  }
  const key = variable[name] as keyof typeof from | undefined
  return key !== undefined && from[key] !== undefined
}

async function isOnPath({ programs }: Recipe): Promise<boolean> {
  return programs.length > 0 && (await allAnswer(programs, (name) => name))
}

function needsOf(toBuild: readonly RecipeName[], names: readonly RecipeName[]): readonly Need[] {
  const builds = toBuild.map((name): Need => {
    const instead = variable[name]
    return { tool: recipes[name].tool, part: recipes[name].title, instead }
  })
  const run: Need[] = names.includes('kafka')
    ? [{ tool: 'java', part: recipes.kafka.title, instead: variable.kafka }]
    : []
  return [{ tool: 'git', part: 'repositories', instead: undefined }, ...run, ...builds]
}

function announce(toBuild: readonly RecipeName[]): void {
  const many = toBuild.length === Object.keys(recipes).length
  const time = many ? ' (about 12 minutes on 2 cores, once for this user)' : ''
  console.log(
    `Building ${toBuild.length} part${toBuild.length === 1 ? '' : 's'} of the local stack${time}`,
  )
}
