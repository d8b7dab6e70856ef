import { basename } from 'node:path'
import { git } from './git-command.ts'

/** One branch or tag that a push moved. */
export type RefChange = { readonly ref: string; readonly before: string; readonly after: string }

const none = '0'.repeat(40)
// as GitHub: longer pushes are cut
const mostCommits = 20

/** The body of GitHub's push event for this change. */
export async function pushEvent(repository: string, url: string, change: RefChange) {
  const { ref, before, after } = change
  const commits = after === none ? [] : await commitsOf(repository, before, after)
  const name = basename(repository, '.git')
  const branch = await git(repository, 'symbolic-ref', '--short', 'HEAD')
  return {
    ...{ ref, before, after, commits, head_commit: commits.at(-1) ?? null },
    created: before === none,
    deleted: after === none,
    forced: before !== none && after !== none && !(await isAncestor(repository, before, after)),
    repository: {
      name,
      full_name: `local/${name}`,
      html_url: url.replace(/\.git$/, ''),
      clone_url: url,
      url,
      ssh_url: '',
      default_branch: branch,
    },
    pusher: { name: 'local', email: 'local@driftless.dev' },
    sender: { login: 'local' },
  }
}

async function commitsOf(repository: string, before: string, after: string) {
  const range = before === none ? [after] : [after, `^${before}`]
  const ids = await git(repository, 'rev-list', '--reverse', `--max-count=${mostCommits}`, ...range)
  return await Promise.all(
    ids
      .split('\n')
      .filter((id) => id !== '')
      .map((id) => commitOf(repository, id)),
  )
}

async function commitOf(repository: string, id: string) {
  const [message, files] = await Promise.all([
    git(repository, 'show', '-s', '--format=%an%n%ae%n%cI%n%B', id),
    git(
      repository,
      'diff-tree',
      '--root',
      '--no-commit-id',
      '--name-status',
      '-r',
      '--no-renames',
      id,
    ),
  ])
  const [name, email, timestamp, ...text] = message.split('\n')
  const changed = files.split('\n').map((line) => line.split('\t'))
  const of = (status: string) =>
    changed.flatMap(([kind, file]) => (kind === status && file ? [file] : []))
  return {
    ...{ id, timestamp, author: { name, email }, message: text.join('\n').trim() },
    ...{ added: of('A'), removed: of('D'), modified: of('M') },
  }
}

async function isAncestor(repository: string, before: string, after: string): Promise<boolean> {
  const base = await git(repository, 'merge-base', before, after).catch(() => '')
  return base === before
}
