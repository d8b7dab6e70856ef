import type { StoredApplication } from '../clients/applications.ts'
import type { Temporal } from '../clients/temporal.ts'
import { type Destination, projectOf, sourceOf } from '../core/application.ts'
import { sha256Hex } from '../core/digest.ts'
import { repositoryKey } from '../core/event/repository-key.ts'
import { nameOf } from '../core/flow/names.ts'
import type { ApplicationRef, Look, Wake } from '../core/flow.ts'
import type { Announcement } from '../core/notification/announcement.ts'
import { type Notice, showNotice } from '../core/notification/notice.ts'
import { shortRevision } from '../core/short-revision.ts'
import {
  announcementSignal,
  announcementsWorkflow,
  announcementsWorkflowId,
  applicationWorkflow,
  applicationWorkflowId,
  clusterTaskQueue,
  interactiveTaskQueue,
  lookSignal,
  noticeSignal,
  notificationWorkflow,
  notificationWorkflowId,
  repositoryWorkflow,
  repositoryWorkflowId,
  wakeSignal,
} from '../workflows/contract.ts'

/** Wakes workflows; each settles when Temporal has taken it. Waking twice is harmless. */
export type Wakeup = {
  application(ref: ApplicationRef, wake: Wake): Promise<void>
  repository(url: string, look: Look): Promise<void>
  people(ref: ApplicationRef, notice: Notice): Promise<void>
  announce(ref: ApplicationRef, announcement: Announcement): Promise<void>
}

export type WakeupOptions = {
  readonly temporal: Temporal
  readonly find: (ref: ApplicationRef) => StoredApplication | undefined
  /** Names the cluster whose worker works for the destination; see `clusterTaskQueue`. */
  readonly clusterIdOf: (destination: Destination) => string
}

export function createWakeup({ temporal, find, clusterIdOf }: WakeupOptions): Wakeup {
  return {
    async application(ref, wake) {
      const known = find(ref)
      await temporal.signalWithStart({
        workflow: applicationWorkflow,
        id: applicationWorkflowId(ref),
        // of one that nobody knows any more there is nothing to do but to say so
        taskQueue: clusterTaskQueue(clusterIdOf(known?.application.spec.destination ?? inCluster)),
        input: { application: ref },
        signal: wakeSignal,
        message: { ...wake, uid: ref.uid },
        summary: summaryOf(ref, wake),
        attributes: {
          Application: nameOf(ref),
          Trigger: wake.reason,
          ...attributesOf(known),
        },
        memo: { uid: ref.uid, ...(wake.events !== undefined && { events: wake.events }) },
      })
    },
    async repository(url, look) {
      await temporal.signalWithStart({
        workflow: repositoryWorkflow,
        id: repositoryWorkflowId(repositoryHash(url)),
        taskQueue: interactiveTaskQueue,
        input: { repository: repositoryKey(url) },
        signal: lookSignal,
        message: look,
        summary: `${repositoryKey(url)}: ${look.reason}${look.commit ? ` ${look.commit.slice(0, 7)}` : ''}`,
        attributes: { Repository: repositoryKey(url), Trigger: look.reason },
      })
    },
    async people(ref, notice) {
      await temporal.signalWithStart({
        workflow: notificationWorkflow,
        id: notificationWorkflowId(notice),
        taskQueue: interactiveTaskQueue,
        input: { application: ref },
        signal: noticeSignal,
        message: notice,
        summary: `${ref.name}: ${showNotice(notice)}`,
        attributes: {
          Application: nameOf(ref),
          Trigger: notice.trigger,
          Revision: notice.revision,
        },
        memo: { uid: ref.uid },
      })
    },
    async announce(ref, announcement) {
      await temporal.signalWithStart({
        workflow: announcementsWorkflow,
        id: announcementsWorkflowId(announcement),
        taskQueue: interactiveTaskQueue,
        input: {},
        signal: announcementSignal,
        message: announcement,
        summary: `${ref.name}: ${announcement.channel}`,
        attributes: { Application: nameOf(ref), Trigger: 'hook' },
        memo: { uid: ref.uid },
      })
    },
  }
}

const inCluster: Destination = { name: 'in-cluster' }

/** `guestbook → 3f2a1c9 "fix probe" by kim (push)`, as far as it is known. */
function summaryOf({ name }: ApplicationRef, { reason, commit, about }: Wake): string {
  if (commit === undefined) return `${name} (${reason})`
  return `${name} → ${shortRevision(commit)}${about === undefined ? '' : ` ${about}`} (${reason})`
}

/** Names a repository whatever form its URL has. */
function repositoryHash(url: string): string {
  return sha256Hex(repositoryKey(url)).slice(0, 20)
}

function attributesOf(known: StoredApplication | undefined): Record<string, string> {
  if (known === undefined) return {}
  const { application } = known
  const { destination } = application.spec
  return {
    Project: projectOf(application),
    Cluster: destination.name || destination.server || '',
    DestinationNamespace: destination.namespace ?? '',
    Repository: repositoryKey(sourceOf(application)?.repoURL ?? ''),
    Initiator: 'automated',
  }
}
