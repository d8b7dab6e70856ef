/** The addresses of submodules by their paths, as `.gitmodules` names them. */
export function parseSubmodules(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let path: string | undefined
  let url: string | undefined
  const end = (): void => {
    if (path !== undefined && url !== undefined) found.set(path, url)
    path = undefined
    url = undefined
  }
  for (const line of text.split('\n')) {
    if (/^\s*\[/.test(line)) end()
    const [, name, value = ''] = /^\s*(path|url)\s*=\s*(.*?)\s*$/i.exec(line) ?? []
    const plain = value.replace(/^"(.*)"$/, '$1')
    if (name?.toLowerCase() === 'path') path = plain.replace(/\/+$/, '')
    if (name?.toLowerCase() === 'url') url = plain
  }
  end()
  return found
}

/** The address of a submodule; one that begins with `./` or `../` is relative to that of its repository. */
export function submoduleUrl(repository: string, url: string): string {
  if (!/^\.\.?\//.test(url)) return url
  let base = repository.replace(/\/+$/, '')
  let rest = url
  for (;;) {
    if (rest.startsWith('./')) rest = rest.slice(2)
    else if (rest.startsWith('../')) {
      rest = rest.slice(3)
      base = base.replace(/[/:][^/:]*$/, '')
    } else break
  }
  // `git@host:team` loses its colon only together with the whole path
  return /^[^/]+@[^/:]+$/.test(base) ? `${base}:${rest}` : `${base}/${rest}`
}

/** Whether two addresses lead to the same server, so that what is known for one may be sent to the other. */
export function isSameServer(a: string, b: string): boolean {
  const [one, other] = [serverOf(a), serverOf(b)]
  return one !== undefined && one === other
}

function serverOf(url: string): string | undefined {
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return new URL(url).origin
  const [, ssh] = /^(?:(?:git\+)?ssh:\/\/)?(?:[^@/]+@)?([^/:]+)/.exec(url) ?? []
  return /^((git\+)?ssh:\/\/|[^/]+@[^/]+:)/.test(url) ? `ssh ${ssh}` : undefined
}
