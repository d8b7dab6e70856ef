import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Endpoints } from '../../deploy/local/endpoints.ts'
import { startStack } from '../harness/stack.ts'
import { type BenchResult, compareWithTargets } from './targets.ts'

/** Runs the black-box benchmark, each number of applications on a fresh stack, and compares with the targets. */
const { values } = parseArgs({
  options: {
    apps: { type: 'string', default: '10,100,300' },
    objects: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '7' },
    repeats: { type: 'string', default: '10' },
  },
})
const own = ['api', 'events', 'worker']
const script = new URL('./gitops-bench.mjs', import.meta.url).pathname

const rows = []
for (const apps of values.apps.split(',')) {
  console.log(`\n${apps} applications of ${values.objects} objects: starting a fresh stack …`)
  const result = await measure(apps)
  console.log(JSON.stringify(result))
  rows.push(...compareWithTargets(result))
}
console.table(rows)
const missed = rows.filter(({ reached }) => !reached).length
console.log(missed === 0 ? 'every target is reached' : `${missed} of ${rows.length} targets missed`)
process.exit(missed === 0 ? 0 : 1)

async function measure(apps: string): Promise<BenchResult> {
  const stack = await startStack()
  try {
    const { api, kubeconfig, namespace, pids } = stack.endpoints
    const pidsOf = (names: readonly string[]): string => names.map((name) => pids[name]).join(',')
    return await runBench([
      ...['--ns', namespace, '--webhook', `${api}/api/webhook`, ...clusterArgs(kubeconfig)],
      ...['--apps', apps, '--objects', values.objects],
      ...['--rounds', values.rounds, '--repeats', values.repeats],
      ...['--pids', pidsOf([...own, 'kafka', 'temporal']), '--own-pids', pidsOf(own)],
    ])
  } finally {
    await stack.stop()
  }
}

function clusterArgs(kubeconfig: Endpoints['kubeconfig']): readonly string[] {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    readonly clusters: readonly { readonly cluster: { readonly server: string } }[]
    readonly users: readonly { readonly user: { readonly token: string } }[]
  }
  const [server, token] = [clusters[0]?.cluster.server ?? '', users[0]?.user.token ?? '']
  return ['--server', server, '--token', token]
}

function runBench(args: readonly string[]): Promise<BenchResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output.trim().split('\n').at(-1) ?? '') as BenchResult)
      else reject(new Error(`the benchmark ended with ${code}: ${output}`))
    })
  })
}
