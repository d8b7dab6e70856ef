// Plain JavaScript for any Node >= 18 with nothing installed: it installs what is missing and runs every check and test.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install } from '../deploy/local/install.mjs'
import { drillRows, drillTable } from './drill-table.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const bin = join(root, 'node_modules', '.bin')
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
const args = process.argv.slice(2)
const report = join(mkdtempSync(join(tmpdir(), 'driftless-test-')), 'report.json')

let child
let stoppedBy
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stoppedBy ??= signal
    child?.kill(signal)
  })
}

try {
  await install(root, run)
  process.exitCode = args.includes('--bench') ? await bench() : await test()
} catch (error) {
  console.error(`error: ${error.message}`)
  process.exitCode = 1
} finally {
  rmSync(dirname(report), { recursive: true, force: true })
}

async function bench() {
  const subject = ['render', 'large'].find((name) => args.includes(`--${name}`)) ?? 'run'
  const rest = args.filter((arg) => !['--bench', `--${subject}`].includes(arg))
  return await run('node', [`test/bench/${subject}.ts`, ...rest])
}

async function test() {
  const onlyDrills = args.includes('--drills')
  const steps = onlyDrills
    ? ['drills', 'long-drills'].map(vitest)
    : [...checks(), ...['unit', 'workflows', 'integration', 'drills'].map(vitest)]
  const total = { passed: 0, failed: 0 }
  const failures = []
  const drills = []
  for (const { title, work } of steps) {
    const started = Date.now()
    console.log(`\n━━ ${title}`)
    const { passed, failed, rows = [] } = await work()
    if (stoppedBy !== undefined) throw new Error(`stopped by ${stoppedBy}`)
    total.passed += passed
    total.failed += failed
    drills.push(...rows)
    if (failed > 0) failures.push(`${title} (${failed})`)
    const seconds = ((Date.now() - started) / 1000).toFixed(1)
    console.log(`── ${title}: ${passed} passed, ${failed} failed in ${seconds} s`)
  }
  if (onlyDrills) console.log(`\n${drillTable(root, drills)}`)
  console.log(failures.length === 0 ? '' : `\nfailed: ${failures.join(', ')}`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return total.failed === 0 ? 0 : 1
}

/** The commands of `npm run check`, each told and counted by itself. */
function checks() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return scripts.check.split(' && ').map((line) => {
    const [command, ...rest] = line.split(' ')
    const work = async () =>
      (await run(command, rest)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
    return { title: line, work }
  })
}

function vitest(project) {
  const work = async () => {
    rmSync(report, { force: true })
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const code = await run('vitest', [
      'run',
      '--passWithNoTests',
      '--project',
      project,
      ...reporters,
    ])
    const told = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {}
    const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = told
    return {
      passed,
      // a file that cannot be loaded, or a setup that fails, has no test that could fail
      failed: code === 0 ? failed : Math.max(1, failed),
      rows: project.endsWith('drills') ? drillRows(project, told) : [],
    }
  }
  return { title: `tests: ${project}`, work }
}

/** Gives the exit code; output goes straight to the terminal. */
function run(command, commandArgs, options = {}) {
  child = spawn(command, commandArgs, { cwd: root, env, stdio: 'inherit', ...options })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
