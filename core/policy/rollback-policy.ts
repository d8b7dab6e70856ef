import type { Application } from '../application.ts'
import { durationMs } from '../time.ts'

const onAnnotation = 'driftless.dev/rollback-on'
const windowAnnotation = 'driftless.dev/rollback-window'
const revertAnnotation = 'driftless.dev/rollback-revert'
const retentionAnnotation = 'driftless.dev/history-retention'
const defaultWindowMs = 10 * 60_000

const causes = ['degraded', 'failed'] as const
export type RollbackCause = (typeof causes)[number]

/** What an Application says of rolling back by itself. */
export type RollbackPolicy = {
  readonly on: readonly RollbackCause[]
  /** How long a deployment is watched after its end. */
  readonly windowMs: number
  /** Whether the tracked branch is reverted as well. */
  readonly revert: boolean
}

/** Reads the annotations; a cause that nobody knows is none. */
export function rollbackPolicyOf({ metadata: { annotations = {} } }: Application): RollbackPolicy {
  const named = wordsOf(annotations[onAnnotation])
  return {
    on: causes.filter((cause) => named.includes(cause)),
    windowMs: durationMs(annotations[windowAnnotation]) ?? defaultWindowMs,
    revert: annotations[revertAnnotation] === 'true',
  }
}

/** `driftless.dev/history-retention: 720h`; undefined for as long as the limit of entries lets. */
export function historyRetentionMs({ metadata }: Application): number | undefined {
  return durationMs(metadata.annotations?.[retentionAnnotation])
}

/** What is wrong with these annotations, and what to write instead. */
export function annotationProblems({ metadata }: Application): readonly string[] {
  const { annotations = {} } = metadata
  const unknown = wordsOf(annotations[onAnnotation]).filter(
    (word) => !causes.some((cause) => cause === word),
  )
  const durations = [windowAnnotation, retentionAnnotation].filter(
    (name) => annotations[name] !== undefined && durationMs(annotations[name]) === undefined,
  )
  const revert = annotations[revertAnnotation]
  return [
    ...unknown.map(
      (word) => `${onAnnotation}: "${word}" is neither degraded nor failed; correct it`,
    ),
    ...durations.map(
      (name) => `${name}: "${annotations[name]}" is no duration; write it as 10m or 720h`,
    ),
    ...(revert === undefined || revert === 'true' || revert === 'false'
      ? []
      : [`${revertAnnotation}: "${revert}" is neither true nor false; correct it`]),
  ]
}

function wordsOf(text = ''): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
