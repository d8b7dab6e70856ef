import { z } from 'zod'
import { sha256Hex } from '../digest.ts'

/** The attributes of CloudEvents 1.0 that every event of ours has. */
const Envelope = {
  specversion: z.literal('1.0'),
  /** Deterministic, so that handling it twice is harmless; see `eventId`. */
  id: z.string().min(1),
  /** URI of the real thing that it happened to. */
  source: z.string().min(1),
  subject: z.string().optional(),
  time: z.string().optional(),
  partitionkey: z.string().optional(),
  /** How often it was given to us again by hand; the id stays. */
  replay: z.coerce.number().int().optional(),
}

/** A push to a Git repository, as some provider told it. It says "look", never "deploy this". */
export const GitPush = z.object({
  ...Envelope,
  type: z.literal('dev.driftless.git.push'),
  data: z.object({
    /** Every address under which the sender knows the repository. */
    repositories: z.array(z.string()).min(1),
    ref: z.string(),
    before: z.string(),
    after: z.string(),
    defaultBranch: z.string().optional(),
    /** A hint, for order and explain; `pathsCut` when there were more. */
    changedPaths: z.array(z.string()),
    pathsCut: z.boolean(),
    pusher: z.string().optional(),
    message: z.string().optional(),
    /** SHA-256 of the body as it was received. */
    bodyDigest: z.string(),
  }),
})
export type GitPush = z.infer<typeof GitPush>

const Other = z.object({ ...Envelope, type: z.string(), data: z.unknown() })

/** What travels through Kafka: an event we know, or one that is only passed on. */
export type PlatformEvent = GitPush | (z.infer<typeof Other> & { readonly data: unknown })

/** Reads an event; undefined with the reason when it is none. */
export function readEvent(
  value: unknown,
): { readonly event: PlatformEvent } | { readonly problem: string } {
  const type = (value as { type?: unknown } | null)?.type
  const result = (type === 'dev.driftless.git.push' ? GitPush : Other).safeParse(value)
  if (result.success) return { event: result.data as PlatformEvent }
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return { problem: problems.slice(0, 5).join('; ') }
}

/** Whether the event is a Git push. */
export function isGitPush(event: PlatformEvent): event is GitPush {
  return event.type === 'dev.driftless.git.push'
}

/** The provider's delivery id, or one made of what identifies the change. */
export function eventId(delivery: string | undefined, parts: readonly string[]): string {
  return delivery ?? sha256Hex(parts.join('\n')).slice(0, 40)
}
