import type { ApplicationRef, Look, Wake } from '../core/flow.ts'
import type { ResourceKey } from '../core/manifest/key.ts'
import type { Announcement } from '../core/notification/announcement.ts'
import type { Notice } from '../core/notification/notice.ts'

/**
 * The only door to the workflows for other rooms: names, ids and shapes, no code.
 * An `application` run is one operation; a `repository` run is one burst of looks at a Git repository.
 * A `notification` run is what people are told of one operation, an `announcements` run what its hooks tell them.
 * All are opened by signal-with-start and close when nothing is left to do.
 */
export const applicationWorkflow = 'application'
export const repositoryWorkflow = 'repository'
export const notificationWorkflow = 'notification'
export const announcementsWorkflow = 'announcements'

/** Signal of `application`: why to look again. */
export const wakeSignal = 'wake'
/** Signal of `repository`: somebody says that the repository moved. */
export const lookSignal = 'look'
/** Signal of `notification`: the newest state of the operation, a `Notice`. */
export const noticeSignal = 'notice'
/** Signal of `announcements`: one more of them, an `Announcement`. */
export const announcementSignal = 'announcement'

export function applicationWorkflowId({ namespace, name }: ApplicationRef): string {
  return `app/${namespace}/${name}`
}

/** `hash` names the repository whatever form its URL has (core/git-url.ts). */
export function repositoryWorkflowId(hash: string): string {
  return `repo/${hash}`
}

export function notificationWorkflowId({ operation }: Notice): string {
  return `notify/${operation}`
}

export function announcementsWorkflowId({ operation }: Announcement): string {
  return `announce/${operation}`
}

/** Work that needs the live state of one cluster goes to the worker that watches it. */
export function clusterTaskQueue(clusterHash: string): string {
  return `cluster/${clusterHash}`
}

/** Where somebody waits for the answer: looks at Git. */
export const interactiveTaskQueue = 'interactive'

/** Calls to Slack, apart from the rest: a Slack that does not answer holds no other work up. */
export const noticeTaskQueue = 'notices'

export type ApplicationInput = {
  readonly application: ApplicationRef
  /** Wakes that the run before could not take up any more. */
  readonly pending?: readonly Wake[]
  /** Earlier attempts of the operation that this run repeats. */
  readonly attempt?: number
  /** Epoch ms of the start of the first of these attempts: people are told of all in one message. */
  readonly begunAt?: number
  readonly carried?: CarriedOperation
  /** What the attempt before did of the operation that this run repeats. */
  readonly attempted?: AttemptedOperation
  /** How often it went from one cluster to another without doing anything. */
  readonly moves?: number
  /** Events that Kafka has not taken yet. */
  readonly unpublished?: readonly unknown[]
}

/** What an operation leaves to the run that continues it after it gave way to a wake. */
export type CarriedOperation = {
  readonly inputs: string
  readonly startedAt: number
  readonly begunAt?: number
  readonly changed: readonly ResourceKey[]
  readonly revision?: string
  /** Whether hooks of it may be left that have to be let go. */
  readonly hooks?: boolean
  /** Whether it only mended what drifted. */
  readonly heal?: true
}

/**
 * What a failed attempt leaves to the next one: it may have applied everything and still have to
 * wait for it, and to run its hooks. Nobody needs it when something else is to be deployed by then.
 */
export type AttemptedOperation = Pick<CarriedOperation, 'inputs' | 'changed' | 'heal'>

export type RepositoryInput = {
  /** Host and path; the address with its credentials stays in the Applications. */
  readonly repository: string
  readonly pending?: readonly Look[]
  /** Events that Kafka has not taken yet. */
  readonly unpublished?: readonly unknown[]
}

export type NotificationInput = { readonly application: ApplicationRef }

/** Keyword search attributes of the namespace; ten is the limit of SQL visibility stores. */
export const searchAttributes = [
  'Application',
  'Project',
  'Cluster',
  'DestinationNamespace',
  'Repository',
  'Revision',
  'Trigger',
  'SyncPhase',
  'Health',
  'Initiator',
] as const
