import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from '../../deploy/local/build/build.ts'
import { recipes } from '../../deploy/local/build/recipes.ts'
import { type Failure, judge, parseRows, type Result } from './corpus.ts'
import { feedsFor } from './feeds.ts'

/** Feeds the corpora of a folder to the product and says how many rows came out as they should. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    verbose: { type: 'boolean', short: 'v', default: false },
    checkouts: { type: 'string', multiple: true, default: [] },
  },
})
const [folder] = positionals
if (folder === undefined) {
  console.error('usage: npm run conformance -- DIR [--verbose] [--checkouts DIR]')
  process.exit(2)
}
process.exitCode = await run(resolve(folder), values.verbose)

async function run(dir: string, verbose: boolean): Promise<number> {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
  if (files.length === 0) {
    console.error(`error: ${dir} holds no *.jsonl files`)
    return 2
  }
  const checkouts = [...values.checkouts.map((place) => resolve(place)), dir, dirname(dir)]
  const { feeds, close } = feedsFor({
    folder: dir,
    tools: { ...(await builtTools()), search: '', versions: new Map() },
    checkouts,
  })
  const results: Result[] = []
  const unfed: string[] = []
  for (const file of files) {
    const corpus = file.slice(0, -'.jsonl'.length)
    const feed = feeds[corpus]
    if (feed === undefined) {
      unfed.push(corpus)
      continue
    }
    const result = await judge(corpus, parseRows(readFileSync(join(dir, file), 'utf8')), feed)
    results.push(result)
    show(result, verbose)
  }
  await close()
  for (const corpus of unfed) console.log(`${corpus} not fed`)
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  console.log(`total ${passed}/${results.reduce((sum, result) => sum + result.total, 0)}`)
  return 0
}

/** The renderers of the pinned versions, as the local stack has them. */
async function builtTools() {
  const { signal } = new AbortController()
  const [helm, jsonnet] = [recipes.helm, recipes.jsonnet]
  const charts = await ensureBuilt(helm, '[1/2]', signal)
  return {
    helm: join(charts, 'helm'),
    kustomize: join(charts, 'kustomize'),
    renderer: join(charts, 'driftless-renderer'),
    jsonnet: join(await ensureBuilt(jsonnet, '[2/2]', signal), 'jsonnet'),
  }
}

function show(result: Result, verbose: boolean): void {
  const { corpus, passed, total, apart, failures, unanswered } = result
  const rest = apart === 0 ? '' : ` (${apart} not strict, or without their files)`
  console.log(`${corpus} ${passed}/${total}${rest}`)
  const shapes = [...unanswered].map(([shape, count]) => `${shape} (${count})`)
  if (shapes.length > 0) console.log(`  nothing answers ${shapes.join(', ')}`)
  if (verbose) failures.forEach(showFailure)
}

function showFailure({ id, expected, got }: Failure): void {
  console.log(
    `  ${id}\n    expected ${JSON.stringify(expected)}\n    got      ${JSON.stringify(got)}`,
  )
}
