import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { createGit, type Git } from '../../clients/git.ts'
import { createOutbound } from '../../clients/outbound.ts'
import { type GitServer, startGitServer } from './git-server.ts'

/** An empty repository on a server, and a client without any mirror; new for each test. */
export type GitAtHand = {
  readonly dir: string
  readonly server: GitServer
  readonly git: Git
  /** The folder of the one mirror that there is. */
  mirrorDir(): string
}

/** Call it once in a file; the fields are those of the test that runs. */
export function useGit(): GitAtHand {
  const state: { now?: GitAtHand } = {}
  const now = (): GitAtHand => {
    if (state.now === undefined) throw new Error('no test runs')
    return state.now
  }
  beforeEach(async () => {
    const dir = mkdtempSync(join(tmpdir(), 'driftless-git-'))
    const mirrors = join(dir, 'mirrors')
    state.now = {
      dir,
      server: await startGitServer({ dir }),
      git: createGit({
        dir: mirrors,
        allowFile: false,
        outbound: createOutbound({ allowLoopback: true }),
        submodules: true,
      }),
      mirrorDir: () => join(mirrors, readdirSync(mirrors)[0] ?? ''),
    }
  })
  afterEach(async () => {
    now().git.close()
    await now().server.close()
    rmSync(now().dir, { recursive: true, force: true })
  })
  return {
    get dir() {
      return now().dir
    },
    get server() {
      return now().server
    },
    get git() {
      return now().git
    },
    mirrorDir: () => now().mirrorDir(),
  }
}
