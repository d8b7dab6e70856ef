import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { git } from '../../deploy/local/git-command.ts'

/** Repositories with the files of rows, each with one commit; all are gone after `close`. */
export type Scratch = {
  readonly dir: string
  /** Gives the address of a repository with these files. */
  ofFiles(files: Readonly<Record<string, string>>): Promise<string>
  /** Commits the files on a branch, which begins where the default branch is. */
  change(url: string, branch: string, files: Readonly<Record<string, string>>): Promise<void>
  /** A repository for a folder of this machine, which has its neighbours beside it: it may name them. */
  ofFolder(folder: string): Promise<{ readonly url: string; readonly path: string }>
  close(): void
}

export function createScratch(): Scratch {
  const dir = mkdtempSync(join(tmpdir(), 'driftless-corpus-'))
  const known = new Map<string, Promise<string>>()
  let count = 0
  const commit = async (work: string): Promise<void> => {
    await git(work, 'add', '--all', '--force')
    await git(work, 'commit', '--quiet', '--allow-empty', '--message', 'row')
  }
  const repository = async (fill: (work: string) => void): Promise<string> => {
    const work = join(dir, `row-${count++}`)
    mkdirSync(work)
    fill(work)
    await git(work, 'init', '--quiet', '--initial-branch=main', '.')
    await commit(work)
    return `file://${work}`
  }
  return {
    dir,
    ofFiles: (files) => repository((work) => write(work, files)),
    async change(url, branch, files) {
      const work = url.slice('file://'.length)
      if (branch !== 'main') await git(work, 'checkout', '--quiet', '-b', branch)
      write(work, files)
      await commit(work)
      if (branch !== 'main') await git(work, 'checkout', '--quiet', 'main')
    },
    async ofFolder(folder) {
      const parent = dirname(folder)
      const made = known.get(parent) ?? repository((work) => copy(parent, work))
      known.set(parent, made)
      return { url: await made, path: basename(folder) }
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  }
}

function write(work: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(work, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

function copy(folder: string, work: string): void {
  cpSync(folder, work, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => basename(path) !== '.git',
  })
}

/** Finds the folders that rows name: in one of the places, or a level below it. */
export function folderFinder(places: readonly string[]): (path: string) => string | undefined {
  const roots = places
    .filter(existsSync)
    .flatMap((place) => [
      place,
      ...readdirSync(place, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [join(place, entry.name)] : [],
      ),
    ])
  return (path) => roots.map((root) => join(root, path)).find(existsSync)
}
