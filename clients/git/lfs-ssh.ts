import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { z } from 'zod'
import { GitAccessError } from '../../core/errors.ts'
import { sshPath, sshServer } from '../../core/git-url.ts'
import { parsedJson } from '../outbound/ask.ts'
import type { Outbound, Reach } from '../outbound.ts'
import { withSshOptions } from './access.ts'
import { gitEnvironment } from './process.ts'
import type { GitRemote } from './remote.ts'

/** Where the LFS server of a repository is asked, and what signs us in there. */
export type LfsServer = {
  readonly address: string
  readonly headers: Readonly<Record<string, string>>
  readonly reach: Reach
}

const Authenticated = z.object({
  href: z.url({ protocol: /^https?$/ }),
  header: z.record(z.string(), z.string()).default({}),
})
const limits = { timeout: 30_000, maxBuffer: 256 * 1024 }
const run = promisify(execFile)

/** Asks the ssh server of a repository for its LFS server, as git-lfs does; GitAccessError without what it said. */
export async function lfsServerBySsh(remote: GitRemote, outbound: Outbound): Promise<LfsServer> {
  const { host, port } = sshServer(remote.url)
  const { user, path } = sshPath(remote.url)
  const { reach } = await outbound.locate(host, remote.reach)
  const command = `git-lfs-authenticate '${path.replaceAll("'", "'\\''")}' download`
  const said = await withSshOptions(remote, outbound, async (options) => {
    const to = user === '' ? host : `${user}@${host}`
    const args = [...options, ...(port === '' ? [] : ['-p', port]), '--', to, command]
    const env = gitEnvironment({ allowFile: false })
    return (await run('ssh', args, { ...limits, env })).stdout
  }).catch(() => {
    throw new GitAccessError(
      `${remote.url} does not say by ssh where its LFS server is (git-lfs-authenticate); check its key, or use its https address`,
    )
  })
  const read = Authenticated.safeParse(parsedJson(said))
  if (!read.success) throw new GitAccessError(`the LFS server of ${remote.url} has no address`)
  const { href, header } = read.data
  return { address: `${href.replace(/\/+$/, '')}/objects/batch`, headers: header, reach }
}
