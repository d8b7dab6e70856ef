import { eventually } from './eventually.ts'
import type { KubeClient, KubeObject } from './kube.ts'

/** Whether the API server has an object at the path. */
export async function isThere(kube: KubeClient, path: string): Promise<boolean> {
  const { status } = await kube.try('GET', path)
  if (status !== 200 && status !== 404) throw new Error(`GET ${path}: ${status}`)
  return status === 200
}

/** What is at the path, as soon as there is something. */
export async function whenThere(kube: KubeClient, path: string): Promise<KubeObject> {
  const { body } = await eventually(
    () => kube.try('GET', path),
    ({ status }) => status === 200,
  )
  return body
}

/** Settles when the API server has nothing at the path any more. */
export async function whenGone(kube: KubeClient, path: string): Promise<void> {
  await eventually(
    () => kube.try('GET', path),
    ({ status }) => status === 404,
  )
}
