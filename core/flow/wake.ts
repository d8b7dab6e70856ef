import type { ResourceKey } from '../manifest/key.ts'

export type ApplicationRef = {
  readonly namespace: string
  readonly name: string
  /** Keeps a re-created Application apart from its namesake. */
  readonly uid: string
}

/** Why to look at an application again. It never says what to deploy. */
export type Wake = {
  readonly reason: WakeReason
  /** Epoch ms when it was noticed: what is read from Git must be at least this fresh. */
  readonly at: number
  /** Which Application of that name is meant: one that is created again wakes the run of its namesake. */
  readonly uid?: string
  /** Ids of the events behind it. */
  readonly events?: readonly string[]
  readonly commit?: string
  /** The commit in a few words, for the list of runs: `"fix probe" by kim`. */
  readonly about?: string
  readonly keys?: readonly ResourceKey[]
  /** Digest of the Application that was seen; whoever holds another state reads it anew. */
  readonly observed?: string
}

export type WakeReason =
  | 'spec'
  | 'push'
  | 'poll'
  | 'start'
  | 'refresh'
  | 'drift'
  | 'health'
  /** A person confirmed deletions that wait for it (OPT-17). */
  | 'confirm'
  | 'delete'
  | 'operation'
  | 'terminate'

/** A hint that a repository moved; the commit is only waited for, never believed. */
export type Look = {
  readonly reason: 'push' | 'poll' | 'replay'
  readonly at: number
  readonly event?: string
  readonly ref?: string
  readonly commit?: string
}

/** What one look at a repository found. */
export type Observed = {
  readonly head: string
  readonly applications: number
  readonly woken: number
  /** Looks whose commit is not to be seen yet. */
  readonly missing: readonly Look[]
  readonly lookAgainMs: number
  /** Events that Kafka did not take at once. */
  readonly unpublished?: readonly unknown[]
}
