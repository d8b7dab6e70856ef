import { fieldAt, listAt, numberAt, textAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { conditionsOf } from './condition.ts'
import { type Health, verdict } from './health.ts'
import { isFailedWait } from './waiting-reason.ts'

const ignoreRestartPolicy = 'argocd.argoproj.io/ignore-restart-policy'
const hookAnnotations = ['argocd.argoproj.io/hook', 'helm.sh/hook']

/**
 * HEALTH-09. Pods that are meant to end (restartPolicy Never, OnFailure) are Progressing until they do,
 * since a hook must not fail while its image is still tried.
 */
export function assessPod(live: Manifest): Health {
  const runsForever = isMeantToRun(live)
  const failing = runsForever ? failingContainers(live) : []
  if (failing.length > 0) return verdict('Degraded', failing.join(', '))
  const message = textAt(live, 'status', 'message')
  switch (textAt(live, 'status', 'phase')) {
    case 'Pending':
      return verdict('Progressing', message)
    case 'Succeeded':
      return verdict('Healthy', message)
    case 'Failed':
      return verdict('Degraded', message || failureOf(live))
    case 'Running':
      return runsForever ? assessRunning(live, message) : verdict('Progressing', message)
    default:
      return verdict('Unknown', message)
  }
}

function isMeantToRun({ metadata, spec }: Manifest): boolean {
  const policy = textAt(spec, 'restartPolicy')
  if (policy === 'Always') return true
  const { annotations = {} } = metadata
  const isHook = hookAnnotations.some((name) => name in annotations)
  return policy !== '' && !isHook && annotations[ignoreRestartPolicy] === 'true'
}

function failingContainers(live: Manifest): readonly string[] {
  return listAt(live, 'status', 'containerStatuses').flatMap((container) => {
    const reason = textAt(container, 'state', 'waiting', 'reason')
    if (!isFailedWait(reason)) return []
    return [textAt(container, 'state', 'waiting', 'message') || reason]
  })
}

function assessRunning(live: Manifest, message: string): Health {
  const ready = conditionsOf(live).some(({ type, status }) => type === 'Ready' && status === 'True')
  if (ready) return verdict('Healthy', message)
  const crashed = listAt(live, 'status', 'containerStatuses').some(
    (container) => fieldAt(container, 'lastState', 'terminated') !== undefined,
  )
  return verdict(crashed ? 'Degraded' : 'Progressing', message)
}

function failureOf(live: Manifest): string {
  const containers = [
    ...listAt(live, 'status', 'initContainerStatuses'),
    ...listAt(live, 'status', 'containerStatuses'),
  ]
  return containers.map(containerFailure).find((text) => text !== '') ?? ''
}

function containerFailure(container: unknown): string {
  const ended = fieldAt(container, 'state', 'terminated')
  const message = textAt(ended, 'message')
  if (message !== '') return message
  if (textAt(ended, 'reason') === 'OOMKilled') return 'OOMKilled'
  const code = numberAt(ended, 'exitCode') ?? 0
  const name = textAt(container, 'name')
  return code === 0 ? '' : `container "${name}" failed with exit code ${code}`
}
