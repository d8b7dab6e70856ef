import type { ApplicationStatus } from '../../core/status/status.ts'
import {
  applicationsPath,
  isOutOfSync,
  type LiveApplication,
  whenApplication,
} from './application.ts'
import { eventually } from './eventually.ts'
import type { KubeClient } from './kube.ts'
import type { Scene } from './scene.ts'

/** The spec of an Application that only people sync; a sync makes the namespace when it is not there. */
export const byHand = { syncPolicy: { syncOptions: ['CreateNamespace=true'] } }

/** Asks for a sync in the name of kim; `more` stands next to it in the request. */
export async function operate(
  kube: KubeClient,
  name: string,
  sync: object = {},
  more: object = {},
): Promise<void> {
  const operation = { initiatedBy: { username: 'kim' }, sync, ...more }
  await kube.patch(`${applicationsPath}/${name}`, { operation })
}

/** Creates an Application of the folder with its name; asks for its first sync once it is compared. */
export async function beginByHand(
  { kube, create }: Scene,
  name: string,
  sync: object = {},
  isCompared: (status: ApplicationStatus) => boolean = isOutOfSync,
): Promise<void> {
  await create(name, { path: name, spec: byHand })
  await whenApplication(kube, name, isCompared)
  await operate(kube, name, sync)
}

/** Asks for the end of the operation that runs. */
export async function terminate(kube: KubeClient, name: string): Promise<void> {
  const status = { operationState: { phase: 'Terminating' } }
  await kube.patch(`${applicationsPath}/${name}`, { status })
}

/** The operation waits for a hook of this phase. */
export function whenInHook(
  kube: KubeClient,
  name: string,
  phase: string,
): Promise<LiveApplication> {
  return whenApplication(
    kube,
    name,
    ({ operationState }) => operationState?.message.includes(`${phase} hook`) === true,
  )
}

/** The operation that was asked for is over: its slot is free and the status says how it ended. */
export function whenOver(kube: KubeClient, name: string): Promise<LiveApplication> {
  return eventually(
    () => kube.request<LiveApplication>('GET', `${applicationsPath}/${name}`),
    ({ operation, status }) =>
      operation === undefined && status?.operationState?.finishedAt !== undefined,
  )
}
