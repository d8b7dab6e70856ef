import { describe, expect, test } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import type { HealthStatus } from './health.ts'
import { assessPod } from './pod.ts'
import { waitingReason } from './waiting-reason.ts'

const pod = (
  restartPolicy: string,
  status: object,
  annotations: Readonly<Record<string, string>> = {},
): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', annotations },
  spec: { restartPolicy },
  status,
})
const waiting = (reason: string, message?: string) => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'main', state: { waiting: { reason, message } } }],
})
const ignore = { 'argocd.argoproj.io/ignore-restart-policy': 'true' }

test.each<[string, Manifest, HealthStatus]>([
  ['no image', pod('Always', waiting('ImagePullBackOff')), 'Degraded'],
  ['wrong image', pod('Always', waiting('ErrImagePull')), 'Degraded'],
  ['wrong config', pod('Always', waiting('CreateContainerConfigError')), 'Degraded'],
  ['starting', pod('Always', waiting('ContainerCreating')), 'Progressing'],
  [
    'an init container that crashes',
    pod('Always', {
      phase: 'Pending',
      initContainerStatuses: [{ name: 'init', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
    }),
    'Progressing',
  ],
  ['no image, but meant to end', pod('Never', waiting('ImagePullBackOff')), 'Progressing'],
  ['no image, policy ignored', pod('Never', waiting('ImagePullBackOff'), ignore), 'Degraded'],
  [
    'no image, policy ignored, a hook',
    pod('Never', waiting('ImagePullBackOff'), { ...ignore, 'argocd.argoproj.io/hook': 'PreSync' }),
    'Progressing',
  ],
  [
    'ready',
    pod('Always', { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }),
    'Healthy',
  ],
  ['not ready', pod('Always', { phase: 'Running' }), 'Progressing'],
  [
    'crashed before',
    pod('Always', {
      phase: 'Running',
      containerStatuses: [{ lastState: { terminated: { exitCode: 1 } } }],
    }),
    'Degraded',
  ],
  [
    'runs to its end',
    pod('OnFailure', { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }),
    'Progressing',
  ],
  ['ended well', pod('Never', { phase: 'Succeeded' }), 'Healthy'],
  ['ended badly', pod('Never', { phase: 'Failed' }), 'Degraded'],
  ['lost', pod('Always', { phase: 'Unknown' }), 'Unknown'],
])('HEALTH-09: %s', (_, manifest, expected) => expect(assessPod(manifest).status).toBe(expected))

test('a failed pod says which container failed and how', () => {
  const containerStatuses = [
    { name: 'main', state: { terminated: { exitCode: 3, reason: 'Error' } } },
  ]
  expect(assessPod(pod('Never', { phase: 'Failed', containerStatuses })).message).toBe(
    'container "main" failed with exit code 3',
  )
})

describe('waitingReason', () => {
  test('names the reason and what the kubelet says', () => {
    expect(
      waitingReason(pod('Always', waiting('CrashLoopBackOff', 'back-off 10s restarting'))),
    ).toBe('CrashLoopBackOff: back-off 10s restarting')
    expect(waitingReason(pod('Never', waiting('ErrImagePull')))).toBe('ErrImagePull')
  })

  test('sees init containers and pods that fit nowhere', () => {
    const init = { initContainerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] }
    expect(waitingReason(pod('Always', init))).toBe('CrashLoopBackOff')
    const conditions = [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' },
    ]
    expect(waitingReason(pod('Always', { conditions }))).toBe('Unschedulable: 0/1 nodes')
  })

  test('says nothing of a pod that just starts', () => {
    expect(waitingReason(pod('Always', waiting('ContainerCreating')))).toBeUndefined()
    expect(waitingReason(pod('Always', {}))).toBeUndefined()
  })
})
