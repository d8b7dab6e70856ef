import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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
  const stdio = ['ignore', 'inherit', 'inherit']
  const code = await run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], { stdio })
  if (code !== 0) throw new Error('npm ci failed; its message is above. Mend that and start again')
  writeFileSync(stamp, wanted)
  console.log(`installed in ${Math.round((Date.now() - started) / 1000)} s`)
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
