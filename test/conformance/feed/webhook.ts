import { problemOf } from '../../../api/problem.ts'
import { refCommit } from '../../../clients/git/refs.ts'
import { type Application, readApplication } from '../../../core/application.ts'
import type { GitPush } from '../../../core/event/event.ts'
import { whyNotMatched } from '../../../core/event/match.ts'
import { repositoryKey } from '../../../core/event/repository-key.ts'
import { parseWebhook } from '../../../event-sources/webhooks/webhook.ts'
import { type Answer, feed } from '../corpus.ts'

type Json = Readonly<Record<string, unknown>>
type Headers = Readonly<Record<string, string>>

const [before, after] = ['0'.repeat(40), 'a'.repeat(40)]

type Request = {
  readonly request: { readonly headers?: Headers; readonly body?: string }
  readonly options?: { readonly secrets?: Json }
  readonly apps?: readonly Json[]
  readonly expected: {
    readonly status: number
    readonly refreshed?: readonly string[]
    readonly push?: {
      readonly repos?: readonly string[]
      readonly revision?: string
      readonly touched_head?: boolean
    }
  }
}

/** Whole requests: the status, what was pushed, and the applications that are to look. */
export const http = feed<Request>(async ({ request, options, apps = [], expected }) => {
  const { headers = {}, body = '' } = request
  try {
    const push = await pushOf(headers, body, options?.secrets)
    return { expected, got: { status: 200, ...told(expected, push, apps) } }
  } catch (error) {
    const { status } = problemOf(error)
    return { expected: { status: expected.status }, got: { status } }
  }
})

/** What the row asks for, of a push; a host has more addresses for a repository than a row names. */
function told(
  { push: wanted, refreshed }: Request['expected'],
  push: GitPush | undefined,
  apps: readonly Json[],
) {
  const known = push?.data.repositories.map(repositoryKey) ?? []
  return {
    ...(refreshed !== undefined && {
      refreshed: apps
        .map((app) => applicationOf(app))
        .filter((app) => push !== undefined && whyNotMatched(app, push) === undefined)
        .map(({ metadata }) => metadata.name),
    }),
    ...(wanted !== undefined && {
      push: {
        ...(wanted.repos && {
          repos: wanted.repos.filter((url) => known.includes(repositoryKey(url))),
        }),
        ...(wanted.revision !== undefined && { revision: push && shortOf(push.data.ref) }),
        ...(wanted.touched_head !== undefined && { touched_head: push && touchesHead(push) }),
      },
    }),
  }
}

type RevisionMatch = {
  readonly target_revision: string
  readonly touched_head: boolean
  readonly pushed?: string
  readonly header?: string
  readonly payload?: Json
  readonly expected: { readonly affected: boolean }
}

/** Whether a revision means another commit after the push. */
export const revisionMatch = feed<RevisionMatch>(async (row) => {
  const { target_revision: target, touched_head: touchedHead, pushed, header, payload } = row
  const [name = '', kind = ''] = header?.split(': ') ?? []
  const ref =
    payload === undefined
      ? undefined
      : (await pushOf({ [name]: kind }, JSON.stringify(complete(payload))))?.data.ref
  // without a payload the row does not say whether it is a branch or a tag
  const moved = ref === undefined ? [`refs/heads/${pushed}`, `refs/tags/${pushed}`] : [ref]
  const refs = {
    byName: new Map(moved.map((one) => [one, after])),
    head: touchedHead ? after : before,
  }
  return { expected: row.expected, got: { affected: isMoved(refs, target) } }
})

function isMoved(refs: Parameters<typeof refCommit>[0], target: string): boolean {
  try {
    return refCommit(refs, target, 'the repository') === after
  } catch {
    return false
  }
}

type UrlMatch = {
  readonly kind: string
  readonly hook_url?: string
  readonly app_repo_url?: string
  readonly expected: { readonly match?: boolean; readonly error?: boolean }
}

/** Whether a push to one address concerns an application that names another. */
export const urlMatch = feed<UrlMatch>(async (row): Promise<Answer | undefined> => {
  const { kind, hook_url: pushed, app_repo_url: own, expected } = row
  if (pushed === undefined || (kind !== 'web' && expected.error !== true)) return undefined
  const repository = { html_url: pushed }
  const read = pushOf({ 'X-GitHub-Event': 'push' }, JSON.stringify(complete({ repository })))
  const push = await read.catch(() => undefined)
  if (push === undefined || own === undefined)
    return { expected, got: { error: push === undefined } }
  const application = applicationOf({ spec: { source: { repoURL: own } } })
  return { expected, got: { match: whyNotMatched(application, push) === undefined } }
})

/** What every push has, and rows leave out where it does not matter. */
function complete(payload: Json): Json {
  const repository = { html_url: 'https://git.example.com/org/repo' }
  return { ref: 'refs/heads/main', before, after, repository, ...payload }
}

async function pushOf(
  headers: Headers,
  body: string,
  secrets: Json = {},
): Promise<GitPush | undefined> {
  const values = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const),
  )
  const read = await parseWebhook((name) => values.get(name.toLowerCase()), body, secrets)
  return 'events' in read ? (read.events[0] as GitPush) : undefined
}

function shortOf(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '')
}

function touchesHead({ data: { ref, defaultBranch } }: GitPush): boolean {
  return (
    defaultBranch !== undefined && ref === `refs/heads/${defaultBranch.replace('refs/heads/', '')}`
  )
}

function applicationOf({ metadata, spec }: Json): Application {
  const whole = {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
    metadata: { name: 'app', namespace: 'argocd', ...(metadata as object) },
    spec: { project: 'default', destination: { name: 'in-cluster' }, ...(spec as object) },
  }
  return readApplication(whole).application
}
