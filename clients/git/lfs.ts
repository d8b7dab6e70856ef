import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GitAccessError, GitAuthError } from '../../core/errors.ts'
import { type LfsPointer, lfsAddress } from '../../core/git/lfs.ts'
import { isSameServer } from '../../core/git/submodules.ts'
import { isSshUrl } from '../../core/git-url.ts'
import { ask, onlyProxy, parsedJson } from '../outbound/ask.ts'
import type { Outbound, Reach } from '../outbound.ts'
import { authorization } from './access.ts'
import { type LfsServer, lfsServerBySsh } from './lfs-ssh.ts'
import type { GitRemote } from './remote.ts'

/** The large files of one repository, kept on our disk (SRC-15). */
export type Lfs = {
  /** The file that a pointer stands for. */
  contents(pointer: LfsPointer, remote: GitRemote): Promise<Buffer>
}

const Batch = z.object({
  objects: z.array(
    z.object({
      oid: z.string(),
      actions: z
        .object({
          download: z.object({
            href: z.url({ protocol: /^https?$/ }),
            header: z.record(z.string(), z.string()).default({}),
          }),
        })
        .optional(),
      error: z.object({ message: z.string() }).optional(),
    }),
  ),
})
type Download = NonNullable<z.infer<typeof Batch>['objects'][number]['actions']>['download'] & {
  readonly reach: Reach
}

const mediaType = 'application/vnd.git-lfs+json'
const maxFileBytes = 32 * 1024 * 1024
const maxAnswerBytes = 1024 * 1024

/** Keeps the files below `dir`, by the digest of their content. */
export function createLfs(dir: string, outbound: Outbound): Lfs {
  return {
    async contents(pointer, remote) {
      const file = join(dir, pointer.oid)
      const known = await readFile(file).catch(() => undefined)
      if (known !== undefined) return known
      if (pointer.size > maxFileBytes) {
        throw new GitAccessError(`a file of LFS is too large for a manifest: ${pointer.size} bytes`)
      }
      const body = await download(
        outbound,
        await located(outbound, pointer, remote),
        pointer,
        remote,
      )
      await mkdir(dir, { recursive: true, mode: 0o700 })
      const half = `${file}.${process.pid}.half`
      await writeFile(half, body, { mode: 0o600 })
      await rename(half, file)
      return body
    },
  }
}

/** Asks the batch API where the file is; the answer has headers of its own for that place. */
async function located(
  outbound: Outbound,
  pointer: LfsPointer,
  remote: GitRemote,
): Promise<Download> {
  const { url, access = {} } = remote
  const { address, headers, ...how } = await serverOf(outbound, remote)
  const objects = [{ oid: pointer.oid, size: pointer.size }]
  const answer = await asked(url, () =>
    ask(
      outbound,
      address,
      {
        ...{ ...how, method: 'POST', maxBytes: maxAnswerBytes },
        headers: { ...headers, accept: mediaType, 'content-type': mediaType },
        body: JSON.stringify({ operation: 'download', transfers: ['basic'], objects }),
      },
      isSameServer(url, address) ? access : onlyProxy(access),
    ),
  )
  if (answer.status === 401 || answer.status === 403) {
    throw new GitAuthError(`the LFS server of ${url} refuses our credentials: ${answer.status}`)
  }
  const text = answer.body.toString('utf8')
  const read = answer.status === 200 ? Batch.safeParse(parsedJson(text)) : undefined
  const found = read?.data?.objects.find(({ oid }) => oid === pointer.oid)
  if (found?.actions !== undefined) return { ...found.actions.download, reach: answer.reach }
  const why = found?.error?.message ?? `it answered ${answer.status}`
  throw new GitAccessError(
    `the LFS server of ${url} has no file ${pointer.oid.slice(0, 12)}: ${why}`,
  )
}

/** Beside a repository on http, else where its ssh server says. */
async function serverOf(outbound: Outbound, remote: GitRemote): Promise<LfsServer> {
  const { url, access = {}, reach = 'declared' } = remote
  if (isSshUrl(url)) return await lfsServerBySsh(remote, outbound)
  const address = lfsAddress(url)
  if (address === undefined) {
    throw new GitAccessError(`LFS of ${url} is read over https and ssh only; use such an address`)
  }
  const header = access.credentials && authorization(access.credentials)
  return { address, reach, headers: header === undefined ? {} : { authorization: header } }
}

async function download(
  outbound: Outbound,
  { href, header, reach }: Download,
  { oid, size }: LfsPointer,
  { url, access = {} }: GitRemote,
): Promise<Buffer> {
  const known = isSameServer(url, href) ? access : onlyProxy(access)
  const { status, body } = await asked(url, () =>
    ask(outbound, href, { headers: header, maxBytes: size, reach }, known),
  )
  const digest = createHash('sha256').update(body).digest('hex')
  if (status === 200 && digest === oid) return body
  throw new GitAccessError(
    `a file of LFS of ${url} cannot be read: ${status === 200 ? 'its content is another one' : `the server answered ${status}`}`,
  )
}

async function asked<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new GitAccessError(`LFS of ${url} cannot be read: ${(error as Error).message}`)
  }
}
