import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const quiet = ['--no-fund', '--no-audit', '--loglevel=error']

/** Runs `npm ci` if package-lock.json is not the one that node_modules was made from. */
export async function install(root, run) {
  const lock = readFileSync(join(root, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).digest('hex')
  const stamp = join(root, 'node_modules', '.driftless-lock')
  const node = join(root, 'node_modules', '.bin', 'node')
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  if (!existsSync(stamp) && existsSync(node) && installedByHand(root)) {
    writeFileSync(stamp, wanted)
    return
  }
  const started = Date.now()
  console.log('installing the Node packages (npm ci) …')
  await installPackages(run)
  writeFileSync(stamp, wanted)
  console.log(`installed in ${Math.round((Date.now() - started) / 1000)} s`)
}

async function installPackages(run) {
  const { code, complaint } = await runWithComplaint(run, ['ci', ...quiet])
  if (code === 0) return
  if (!complaint.includes('EUSAGE')) {
    throw new Error(`npm ci failed:\n${complaint}\nMend that and start again`)
  }
  // a registry without the optional packages of other systems makes a lock file that npm ci refuses;
  // npm install takes the same versions from it
  console.log('the lock file lacks packages of other systems; installing what it names …')
  const stdio = ['ignore', 'inherit', 'inherit']
  if ((await run('npm', ['install', '--no-save', ...quiet], { stdio })) !== 0) {
    throw new Error('npm install failed; its message is above. Mend that and start again')
  }
}

/** Runs npm and keeps what it says on stderr. */
async function runWithComplaint(run, args) {
  const folder = mkdtempSync(join(tmpdir(), 'driftless-install-'))
  const file = join(folder, 'stderr')
  const handle = openSync(file, 'w')
  try {
    const code = await run('npm', args, { stdio: ['ignore', 'inherit', handle] })
    return { code, complaint: readFileSync(file, 'utf8').trimEnd() }
  } finally {
    closeSync(handle)
    rmSync(folder, { recursive: true, force: true })
  }
}

// npm's own record of what it installed: newer than the lock file means that somebody ran npm ci or npm install
function installedByHand(root) {
  const record = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages
  return Object.entries(lock).every(
    ([path, { version, optional }]) =>
      path === '' || optional === true || installed[path]?.version === version,
  )
}
