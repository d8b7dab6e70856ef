import { verify } from '@octokit/webhooks-methods'
import { z } from 'zod'
import { sha256Hex } from '../../core/digest.ts'
import { WebhookRejected, WebhookUnauthorized } from '../../core/errors.ts'
import { eventId, type GitPush } from '../../core/event/event.ts'
import type { Webhook } from './webhook.ts'

const maxPaths = 1_000

const Push = z.object({
  ref: z.string(),
  before: z.string().default(''),
  after: z.string(),
  repository: z.object({
    html_url: z.string().optional(),
    clone_url: z.string().optional(),
    ssh_url: z.string().optional(),
    git_url: z.string().optional(),
    url: z.string().optional(),
    default_branch: z.string().optional(),
  }),
  pusher: z.object({ name: z.string().optional() }).optional(),
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
): Promise<Webhook> {
  if (secret !== undefined) await checkSignature(header('x-hub-signature-256'), body, secret)
  const kind = header('x-github-event')
  if (kind === 'ping') return { ignored: 'ping' }
  if (kind !== 'push') throw new WebhookRejected(`unknown GitHub event ${kind}; send push`)
  return { events: [toEvent(readPush(body), header('x-github-delivery'), body)] }
}

async function checkSignature(signature: string | undefined, body: string, secret: string) {
  if (signature === undefined || !(await verify(secret, body, signature).catch(() => false))) {
    throw new WebhookUnauthorized('the signature X-Hub-Signature-256 is missing or wrong; set the same secret on both sides')
  }
}

function readPush(body: string): Push {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    throw new WebhookRejected('the body is not JSON; set the content type of the webhook to application/json')
  }
  const result = Push.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new WebhookRejected(`not a push event: ${issue?.path.join('.')}: ${issue?.message}`)
}

function toEvent(push: Push, delivery: string | undefined, body: string): GitPush {
  const { html_url, clone_url, ssh_url, git_url, url, default_branch } = push.repository
  const repositories = [...new Set([clone_url, html_url, ssh_url, git_url, url])].filter(
    (address): address is string => address !== undefined && address !== '',
  )
  const [source] = repositories
  if (source === undefined) throw new WebhookRejected('not a push event: repository has no address')
  const paths = new Set(push.commits.flatMap((commit) => [...commit.added, ...commit.modified, ...commit.removed]))
  return {
    specversion: '1.0',
    id: eventId(delivery, [source, 'push', push.ref, push.after]),
    source,
    type: 'dev.driftless.git.push',
    subject: push.ref,
    partitionkey: source,
    data: {
      repositories,
      ref: push.ref,
      before: push.before,
      after: push.after,
      changedPaths: [...paths].slice(0, maxPaths),
      pathsCut: paths.size > maxPaths,
      bodyDigest: sha256Hex(body),
      ...(default_branch !== undefined && { defaultBranch: default_branch }),
      ...(push.pusher?.name !== undefined && { pusher: push.pusher.name }),
      ...(push.head_commit?.message !== undefined && { message: push.head_commit.message.slice(0, 500) }),
    },
  }
}
