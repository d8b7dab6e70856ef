import { LRUCache } from 'lru-cache'
import { GitAccessError } from '../../core/errors.ts'
import { parseSubmodules, submoduleUrl } from '../../core/git/submodules.ts'
import { findEntry, modes, objectName } from './entries.ts'
import type { ObjectReader } from './object-reader.ts'
import type { GitRemote } from './remote.ts'
import type { Remotes } from './remotes.ts'

/** A path of a commit; inside of a submodule both are those of the submodule. */
type Place = { readonly commit: string; readonly path: string }

/**
 * The submodules of a repository, whose commits are brought into its own mirror as soon as something
 * in them is read (SRC-14).
 */
export type Modules = {
  /** Where the path really lies. */
  locate(commit: string, path: string): Promise<Place>
  /** As `ObjectReader.info`, for what may lie in a submodule. */
  info(commit: string, path: string): ReturnType<ObjectReader['info']>
  /** The root of the submodule at a path; undefined when submodules are not read. */
  enter(commit: string, path: string, id: string): Promise<Place | undefined>
}

type Options = {
  readonly reader: ObjectReader
  readonly isOn: boolean
  readonly remotes: Remotes
  /** Fetches one commit of another repository into the mirror. */
  bring(remote: GitRemote, commit: string): Promise<void>
}

export function createModules({ reader, isOn, remotes, bring }: Options): Modules {
  const named = new LRUCache<string, ReadonlyMap<string, string>>({ max: 1_000 })
  // of submodules that were entered: what their own submodules are relative to
  const addresses = new LRUCache<string, string>({ max: 1_000 })
  const coming = new Map<string, Promise<void>>()

  const modulesOf = async (commit: string): Promise<ReadonlyMap<string, string>> => {
    const known = named.get(commit)
    if (known !== undefined) return known
    const file = await reader.contents(objectName(commit, '.gitmodules'))
    const found = parseSubmodules(file?.type === 'blob' ? file.body.toString('utf8') : '')
    named.set(commit, found)
    return found
  }
  const fetched = async (remote: GitRemote, commit: string): Promise<void> => {
    const running = coming.get(commit) ?? bring(remote, commit)
    coming.set(commit, running)
    await running.finally(() => coming.delete(commit))
  }
  const enter: Modules['enter'] = async (commit, path, id) => {
    if (!isOn) return undefined
    const url = (await modulesOf(commit)).get(path)
    if (url === undefined) {
      throw new GitAccessError(
        `.gitmodules does not name the submodule ${path}; add it, or remove the folder`,
      )
    }
    const parent = await remotes.own()
    const address = submoduleUrl(addresses.get(commit) ?? parent.url, url)
    addresses.set(id, address)
    if ((await reader.info(`${id}^{commit}`)) === undefined) {
      await fetched(await remotes.beside(address), id)
    }
    return { commit: id, path: '' }
  }
  const locate: Modules['locate'] = async (commit, path) => {
    if (!isOn || path === '') return { commit, path }
    for (const module of (await modulesOf(commit)).keys()) {
      if (path !== module && !path.startsWith(`${module}/`)) continue
      const entry = await findEntry(reader, commit, module)
      if (entry?.mode !== modes.module) continue
      await enter(commit, module, entry.id)
      return await locate(entry.id, path.slice(module.length + 1))
    }
    return { commit, path }
  }
  return {
    enter,
    locate,
    async info(commit, path) {
      const place = await locate(commit, path)
      return await reader.info(objectName(place.commit, place.path))
    },
  }
}
