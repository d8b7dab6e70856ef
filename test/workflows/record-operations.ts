import {
  applicationManifest,
  applicationsPath,
  configMap,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import type { ScratchRepository } from '../harness/git.ts'
import { hookJob } from '../harness/hook.ts'
import type { KubeClient, KubeObject } from '../harness/kube.ts'

type World = {
  readonly kube: KubeClient
  readonly repository: ScratchRepository
  readonly record: (path: string, id: string, text?: string) => Promise<void>
}

const namespace = 'operations'
const merge = 'application/merge-patch+json'

/** The paths of operations that somebody asks for, with hooks and waves. */
export async function recordOperations({ kube, repository, record }: World): Promise<void> {
  const path = (name: string) => `${applicationsPath}/${name}`
  const create = (name: string) =>
    kube.request(
      'POST',
      applicationsPath,
      applicationManifest({
        name,
        repoURL: repository.url,
        namespace,
        path: name,
        spec: { syncPolicy: { syncOptions: ['CreateNamespace=true'] } },
      }),
    )
  const operate = async (name: string, sync: object) => {
    await whenApplication(kube, name, (status) => status.sync?.status !== undefined)
    const operation = { initiatedBy: { username: 'kim' }, sync }
    await kube.request('PATCH', path(name), { operation }, merge)
  }
  const over = (name: string) =>
    eventually(
      () => kube.request<KubeObject & { operation?: object }>('GET', path(name)),
      ({ operation }) => operation === undefined,
    )
  await repository.push({
    'hooks/before.yaml': hookJob('before', 'PreSync', { runtime: '4s' }),
    'hooks/config.yaml': configMap('hooked', 'one'),
    'hooks/after.yaml': hookJob('after', 'PostSync', { policy: 'HookSucceeded' }),
    'failing/before.yaml': hookJob('failing', 'PreSync', { simulate: 'fail' }),
    'failing/sorry.yaml': hookJob('sorry', 'SyncFail'),
    'endless/before.yaml': hookJob('endless', 'PreSync', { runtime: '10m' }),
    'dry/config.yaml': configMap('dry', 'one'),
  })
  await create('hooks')
  await operate('hooks', {})
  await over('hooks')
  await record('hooks', 'app/argocd/hooks', 'settleHooks')
  await create('failing')
  await operate('failing', {})
  await over('failing')
  await record('failing-hook', 'app/argocd/failing', 'settleHooks')
  await create('dry')
  await operate('dry', { dryRun: true })
  await over('dry')
  await record('dry-run', 'app/argocd/dry', '"check"')
  await create('endless')
  await operate('endless', {})
  await whenApplication(
    kube,
    'endless',
    ({ operationState }) => operationState?.message.includes('PreSync hook') === true,
  )
  const phase = 'Terminating'
  await kube.request('PATCH', path('endless'), { status: { operationState: { phase } } }, merge)
  await over('endless')
  await record('terminated', 'app/argocd/endless', 'settleHooks')
}
