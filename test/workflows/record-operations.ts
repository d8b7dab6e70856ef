import { approvalAnnotation } from '../../core/flow/approval.ts'
import type { Endpoints } from '../../deploy/local/endpoints.ts'
import { applicationsPath, configMap, isSynced, whenApplication } from '../harness/application.ts'
import { hookJob } from '../harness/hook.ts'
import { beginByHand, terminate, whenInHook, whenOver } from '../harness/operation.ts'
import { whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

/** Writes the history of a run of this workflow down, as that of the path. */
export type Recorder = (path: string, id: string, text?: string) => Promise<void>

const files = {
  'hooks/before.yaml': hookJob('before', 'PreSync', { runtime: '4s' }),
  'hooks/config.yaml': configMap('hooked', 'one'),
  'hooks/after.yaml': hookJob('after', 'PostSync', { policy: 'HookSucceeded' }),
  'failing/before.yaml': hookJob('failing', 'PreSync', { simulate: 'fail' }),
  'failing/sorry.yaml': hookJob('sorry', 'SyncFail'),
  'endless/before.yaml': hookJob('endless', 'PreSync', { runtime: '10m' }),
  'dry/config.yaml': configMap('dry', 'one'),
  'guarded/before.yaml': hookJob('guard', 'PreDelete', { runtime: '2s' }),
  'guarded/config.yaml': configMap('guarded', 'one'),
  'guarded/after.yaml': hookJob('report', 'PostDelete'),
  'asked/config.yaml': configMap('asked', 'one'),
  'asked/other.yaml': configMap('asked-other', 'one'),
  'late/config.yaml': configMap('late', 'one'),
  'late/after.yaml': hookJob('late', 'PostSync', { simulate: 'fail' }),
}

/** The paths of operations that somebody asks for, with hooks and waves. */
export async function recordOperations(endpoints: Endpoints, record: Recorder): Promise<void> {
  const scene = await openScene(endpoints, 'operations')
  const { kube } = scene
  const begin = (name: string, sync: object = {}) =>
    // hooks alone are never out of sync
    beginByHand(scene, name, sync, (status) => status.sync?.status !== undefined)
  try {
    await scene.repository.push(files)
    await begin('hooks')
    await whenOver(kube, 'hooks')
    await record('hooks', 'app/argocd/hooks', 'settleHooks')
    await begin('failing')
    await whenOver(kube, 'failing')
    await record('failing-hook', 'app/argocd/failing', 'settleHooks')
    await begin('dry', { dryRun: true })
    await whenOver(kube, 'dry')
    await record('dry-run', 'app/argocd/dry', '"check"')
    await begin('endless')
    await whenInHook(kube, 'endless', 'PreSync')
    await terminate(kube, 'endless')
    await whenOver(kube, 'endless')
    await record('terminated', 'app/argocd/endless', 'settleHooks')
    await begin('guarded')
    await whenOver(kube, 'guarded')
    await kube.request('DELETE', `${applicationsPath}/guarded`)
    await whenGone(kube, `${applicationsPath}/guarded`)
    await record('delete-with-hooks', 'app/argocd/guarded', 'planDeletion')
    await recordConfirmation(scene, record)
    await recordAttempts(scene, record)
  } finally {
    await scene.close()
  }
}

async function recordConfirmation({ kube, push, create }: Scene, record: Recorder): Promise<void> {
  const syncPolicy = { automated: { prune: true }, syncOptions: ['Prune=confirm'] }
  await create('asked', { path: 'asked', spec: { syncPolicy } })
  await whenApplication(kube, 'asked', isSynced)
  await push({ 'asked/config.yaml': null })
  await whenApplication(
    kube,
    'asked',
    ({ operationState }) => operationState?.message.includes('confirmation') === true,
  )
  const annotations = { [approvalAnnotation]: new Date().toISOString() }
  await kube.patch(`${applicationsPath}/asked`, { metadata: { annotations } })
  await whenApplication(kube, 'asked', isSynced)
  await record('confirmed', 'app/argocd/asked', '"sync"')
}

/** The second attempt, which has nothing to write and its hook to run. */
async function recordAttempts({ kube, create }: Scene, record: Recorder): Promise<void> {
  const syncPolicy = { automated: {}, retry: { limit: 1, backoff: { duration: '1s' } } }
  await create('late', { path: 'late', spec: { syncPolicy } })
  await whenApplication(
    kube,
    'late',
    ({ operationState: state }) => state?.phase === 'Failed' && state.retryCount === 1,
  )
  await record('attempted', 'app/argocd/late')
}
