import { ManifestError } from '../errors.ts'
import { fieldAt } from '../manifest/field.ts'
import { keyOf } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isHook, type Phase } from '../plan/phase.ts'

const notifyAnnotation = 'driftless.dev/notify'
const messageAnnotation = 'driftless.dev/message'
// Slack takes 40,000 characters; nobody reads as much in a chat
const maxTextLength = 3_000

/** What a hook says to people; the same for whoever makes it again. */
export type Announcement = {
  /** The operation whose hook it is; see core/flow/names.ts. */
  readonly operation: string
  /** Names the hook within its operation. */
  readonly part: string
  /** Epoch ms of the start of the operation. */
  readonly startedAt: number
  /** `#name`, name or id, as the hook gives it. */
  readonly channel: string
  readonly text: string
}

/** Whether the hook is only said to people: it is never applied. */
export function isNotice(manifest: Manifest): boolean {
  return isHook(manifest) && manifest.metadata.annotations?.[notifyAnnotation] !== undefined
}

/** Whom a notice tells what; ManifestError when it names no channel or says nothing. */
export function readNotice(manifest: Manifest): Pick<Announcement, 'channel' | 'text'> {
  const given = manifest.metadata.annotations?.[notifyAnnotation] ?? ''
  const [, channel] = /^slack:(#?[\w.-]+)$/.exec(given.trim()) ?? []
  if (channel === undefined) {
    throw new ManifestError(
      `${notifyAnnotation} is "${given}"; write slack: and the channel, such as slack:#deploys`,
    )
  }
  return { channel, text: textOf(manifest) }
}

/** What the notice says in this phase of an operation. */
export function announcementOf(
  manifest: Manifest,
  run: Pick<Announcement, 'operation' | 'startedAt'> & { readonly phase: Phase },
): Announcement {
  const { phase, ...operation } = run
  return { ...operation, part: `${phase} ${keyOf(manifest)}`, ...readNotice(manifest) }
}

/** Of no other kind than ConfigMaps is anything read that somebody might want to hide. */
function textOf(manifest: Manifest): string {
  const declared = manifest.metadata.annotations?.[messageAnnotation]
  const text =
    declared ?? (manifest.kind === 'ConfigMap' ? fieldAt(manifest, 'data', 'message') : '')
  if (typeof text === 'string' && text.trim() !== '') return text.slice(0, maxTextLength)
  throw new ManifestError(
    `it says nothing; give its text as data.message of a ConfigMap, or in the annotation ${messageAnnotation}`,
  )
}
