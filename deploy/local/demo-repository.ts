import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { git } from './git-command.ts'

/** Makes the bare repository of the demo, once; what people pushed to it stays. */
export async function seedDemoRepository(root: string): Promise<void> {
  const target = join(root, 'demo.git')
  if (existsSync(target)) return
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const scratch = mkdtempSync(join(tmpdir(), 'driftless-demo-'))
  try {
    const [work, bare] = [join(scratch, 'work'), `${target}.new`]
    cpSync(fileURLToPath(new URL('./demo', import.meta.url)), work, { recursive: true })
    await git(work, 'init', '--quiet', '--initial-branch=main')
    await git(work, 'add', '--all')
    await git(work, 'commit', '--quiet', '--message', 'guestbook')
    rmSync(bare, { recursive: true, force: true })
    await git(scratch, 'clone', '--quiet', '--bare', work, bare)
    await git(bare, 'remote', 'remove', 'origin')
    renameSync(bare, target)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
