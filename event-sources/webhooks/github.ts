import { verify } from '@octokit/webhooks-methods'
import { z } from 'zod'
import { sha256Hex } from '../../core/digest.ts'
import { WebhookRejected, WebhookUnauthorized } from '../../core/errors.ts'
import { eventId, type GitPush } from '../../core/event/event.ts'
import { isGitUrl } from '../../core/git-url.ts'
import type { WebhookContents } from './webhook-contents.ts'

const maxPaths = 1_000
const maxPathBytes = 128 * 1024
// longer ones are not ids of GitHub, and this one goes into headers and histories
const deliveryForm = /^[\w-]{1,100}$/
const Text = z.string().max(2_000)

const Push = z.object({
  ref: Text,
  before: Text.default(''),
  after: Text,
  repository: z.object({
    html_url: Text.optional(),
    clone_url: Text.optional(),
    ssh_url: Text.optional(),
    git_url: Text.optional(),
    url: Text.optional(),
    default_branch: Text.optional(),
  }),
  pusher: z.object({ name: Text.optional() }).optional(),
  head_commit: z.object({ message: z.string().optional() }).nullish(),
  commits: z
    .array(
      z.object({
        added: z.array(z.string()).default([]),
        removed: z.array(z.string()).default([]),
        modified: z.array(z.string()).default([]),
      }),
    )
    .default([]),
})
type Push = z.infer<typeof Push>

/** Reads a GitHub webhook (HOOKIN-01): `push` becomes an event, `ping` nothing; the rest is refused. */
export async function parseGithub(
  header: (name: string) => string | undefined,
  body: string,
  secret: string | undefined,
): Promise<WebhookContents> {
  if (secret !== undefined && secret !== '')
    await checkSignature(header('x-hub-signature-256'), body, secret)
  const kind = header('x-github-event')
  if (kind === 'ping') return { ignored: 'ping' }
  if (kind !== 'push') throw new WebhookRejected(`unknown GitHub event ${kind}; send push`)
  return { events: [toEvent(readPush(body), header('x-github-delivery'), body)] }
}

async function checkSignature(signature: string | undefined, body: string, secret: string) {
  if (signature === undefined || !(await verify(secret, body, signature).catch(() => false))) {
    throw new WebhookUnauthorized(
      'the signature X-Hub-Signature-256 is missing or wrong; set the same secret on both sides',
    )
  }
}

function readPush(body: string): Push {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    throw new WebhookRejected(
      'the body is not JSON; set the content type of the webhook to application/json',
    )
  }
  const result = Push.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new WebhookRejected(`not a push event: ${issue?.path.join('.')}: ${issue?.message}`)
}

function toEvent(push: Push, delivery: string | undefined, body: string): GitPush {
  const { html_url, clone_url, ssh_url, git_url, url, default_branch } = push.repository
  const repositories = [...new Set([clone_url, html_url, ssh_url, git_url, url])].filter(
    (address): address is string => address !== undefined && isGitUrl(address),
  )
  const [source] = repositories
  if (source === undefined) throw new WebhookRejected('not a push event: repository has no address')
  const { changedPaths, pathsCut } = changedPathsOf(push)
  const delivered = delivery !== undefined && deliveryForm.test(delivery) ? delivery : undefined
  return {
    specversion: '1.0',
    id: eventId(delivered, [source, 'push', push.ref, push.after]),
    source,
    type: 'dev.driftless.git.push',
    subject: push.ref,
    partitionkey: source,
    data: {
      repositories,
      ref: push.ref,
      before: push.before,
      after: push.after,
      changedPaths,
      pathsCut,
      bodyDigest: sha256Hex(body),
      ...(default_branch !== undefined && { defaultBranch: default_branch }),
      ...(push.pusher?.name !== undefined && { pusher: push.pusher.name }),
      ...(push.head_commit?.message !== undefined && {
        message: push.head_commit.message.slice(0, 500),
      }),
    },
  }
}

/** As many as a record of an event has room for. */
function changedPathsOf({ commits }: Push): Pick<GitPush['data'], 'changedPaths' | 'pathsCut'> {
  const paths = new Set(
    commits.flatMap(({ added, modified, removed }) => [...added, ...modified, ...removed]),
  )
  const changedPaths: string[] = []
  let bytes = 0
  for (const path of paths) {
    bytes += Buffer.byteLength(JSON.stringify(path)) + 1
    if (changedPaths.length === maxPaths || bytes > maxPathBytes)
      return { changedPaths, pathsCut: true }
    changedPaths.push(path)
  }
  return { changedPaths, pathsCut: false }
}
