import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file system of its own that a test can fill. */
export type SmallDisk = {
  /** Takes all the room that is left. */
  fill(): void
  /** Gives it back. */
  empty(): void
  remove(): void
}

/** Whether this process may mount one: only root on Linux may. */
export const maySmallDisk = process.platform === 'linux' && process.getuid?.() === 0

/** Mounts so many MiB of memory at the folder. */
export function mountSmallDisk(folder: string, mebibytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0700`, 'tmpfs', folder])
  const ballast = join(folder, 'ballast')
  return {
    fill() {
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize))
    },
    empty: () => rmSync(ballast),
    remove() {
      execFileSync('umount', ['--lazy', folder])
    },
  }
}
