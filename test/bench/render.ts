import { readdirSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import pLimit from 'p-limit'
import { createTools, type Tools } from '../../clients/tools.ts'
import { ensureBuilt } from '../../deploy/local/build/build.ts'
import { recipes } from '../../deploy/local/build/recipes.ts'
import { benchChart } from './chart.ts'
import { median } from './median.ts'

/** Renders one chart with other values each time: a process per render beside processes that stay. */
const { values } = parseArgs({
  options: {
    renders: { type: 'string', default: '200' },
    parallel: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
  },
})
// the kernel's unit of CPU time, in ms
const tickMs = 10
const [renders, parallel, rounds] = [values.renders, values.parallel, values.rounds].map(Number)
const folder = await ensureBuilt(recipes.helm, '[1/1]', new AbortController().signal)
const paths = {
  ...{ helm: `${folder}/helm`, kustomize: `${folder}/kustomize`, jsonnet: '', search: '' },
  versions: new Map<string, string>(),
}
const kinds = {
  'a process per render': () => createTools({ ...paths, renderer: undefined }),
  'processes that stay': () => createTools({ ...paths, renderer: `${folder}/driftless-renderer` }),
}
type Measured = { readonly perSecond: number; readonly cpuMs: number }
const measured: Record<string, Measured[]> = {}

console.log(
  `load before: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
)
for (let round = 0; round < (rounds ?? 0); round++) {
  for (const [kind, create] of Object.entries(kinds)) {
    const tools = create()
    for (const state of ['cold', 'warm']) {
      const found = await measure(tools)
      const name = `${kind}, ${state}`
      measured[name] = [...(measured[name] ?? []), found]
    }
  }
}
console.table(
  Object.fromEntries(
    Object.entries(measured).map(([name, all]) => [
      name,
      {
        'renders/s': Math.round(median(all.map(({ perSecond }) => perSecond))),
        'CPU ms each': Number(median(all.map(({ cpuMs }) => cpuMs)).toFixed(1)),
      },
    ]),
  ),
)
console.log(
  `load after: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
)
process.exit(0)

async function measure(tools: Tools): Promise<Measured> {
  const limit = pLimit(parallel ?? 1)
  const [started, cpu] = [performance.now(), cpuMs()]
  const all = Array.from({ length: renders ?? 0 }, (_, index) => limit(() => render(tools, index)))
  const texts = new Set(await Promise.all(all))
  if (texts.size !== renders) throw new Error(`${texts.size} different results of ${renders}`)
  const seconds = (performance.now() - started) / 1000
  return { perSecond: texts.size / seconds, cpuMs: (cpuMs() - cpu) / texts.size }
}

async function render(tools: Tools, index: number): Promise<string> {
  return await tools.workspace(async (workspace) => {
    for (const [path, text] of Object.entries(benchChart)) await workspace.put(path, text)
    const file = await workspace.keep('values.yaml', `replicaCount: ${index}\n`)
    const args = ['template', `app-${index}`, '.', '--namespace=bench', '--include-crds']
    return await workspace.helm('chart', [...args, `--values=${file}`])
  })
}

/** CPU time of this process, of what it started and of what has ended. */
function cpuMs(): number {
  const task = `/proc/${process.pid}/task`
  const children = readdirSync(task).flatMap((thread) =>
    readFileSync(`${task}/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  )
  const [own, ...others] = [String(process.pid), ...children].map(ticksOf)
  const running = others.reduce((sum, { self }) => sum + self, 0)
  return ((own?.self ?? 0) + (own?.ended ?? 0) + running) * tickMs
}

function ticksOf(pid: string): { readonly self: number; readonly ended: number } {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11)
  return { self: user + system, ended: endedUser + endedSystem }
}
