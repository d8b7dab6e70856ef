import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { noticeTaskQueue } from './contract.ts'

// a worker that dies is noticed after this long, and its step is given to another
const heartbeatTimeout = '5 seconds'
// only what can pass within seconds is repeated here; the operation itself is repeated later
const retry = {
  initialInterval: '200ms',
  backoffCoefficient: 2,
  maximumInterval: '5s',
  maximumAttempts: 6,
} as const

/** The steps that a person sees on the timeline of the deployment. */
export const steps = proxyActivities<
  Pick<Activities, 'fetch' | 'render' | 'diff' | 'check' | 'health' | 'observe' | 'planDeletion'>
>({
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout,
  retry,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
})

/** A write in flight is waited for when its operation is cancelled. */
export const writes = proxyActivities<
  Pick<Activities, 'sync' | 'hook' | 'settleHooks' | 'remove' | 'revert'>
>({
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout,
  retry,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
})

/** Telling Kafka never gives up: the events are already true. */
export const telling = proxyActivities<Pick<Activities, 'publish'>>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
})

/** Telling people never gives up while Slack is away; its own wish to wait is honoured. */
export const slack = proxyActivities<
  Pick<Activities, 'postMessage' | 'updateMessage' | 'replyInThread' | 'announce'>
>({
  taskQueue: noticeTaskQueue,
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout,
  retry: { initialInterval: '1200ms', backoffCoefficient: 2, maximumInterval: '30s' },
})

/** Quick work whose result belongs into the history: at most a second, never one that waits. */
export const quick = proxyLocalActivities<
  Pick<Activities, 'decide' | 'render' | 'diff' | 'plan' | 'report' | 'release' | 'confirmed'>
>({
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '50ms', maximumAttempts: 3 },
})
