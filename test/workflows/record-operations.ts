import type { Endpoints } from '../../deploy/local/endpoints.ts'
import { configMap } from '../harness/application.ts'
import { hookJob } from '../harness/hook.ts'
import { beginByHand, terminate, whenInHook, whenOver } from '../harness/operation.ts'
import { openScene } from '../harness/scene.ts'

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
  } finally {
    await scene.close()
  }
}
