import type { Endpoints } from '../../deploy/local/endpoints.ts'
import { applicationManifest, applicationsPath, type Declared } from './application.ts'
import { createScratchRepository, type Files, type ScratchRepository } from './git.ts'
import { createKubeClient, type KubeClient } from './kube.ts'
import { pushWebhook } from './webhook.ts'

/** Where a story of the whole stack plays: a repository, and a namespace that it is deployed into. */
export type Scene = {
  readonly kube: KubeClient
  readonly repository: ScratchRepository
  readonly namespace: string
  /** Creates an Application that deploys the repository into the namespace. */
  create(name: string, more?: Partial<Omit<Declared, 'name'>>): Promise<void>
  /** Pushes the files and tells of it; gives the commit's id. */
  push(files: Files): Promise<string>
  /** Tells of the last push as GitHub does. */
  announce(): Promise<void>
  close(): Promise<void>
}

/** Opens the scene on a running stack, with an empty repository; the namespace is not made. */
export async function openScene({ kubeconfig, api }: Endpoints, namespace: string): Promise<Scene> {
  const kube = createKubeClient(kubeconfig)
  const repository = await createScratchRepository(namespace)
  const announce = async () => {
    const { status, body } = await pushWebhook(api, await repository.lastPush())
    if (status !== 200) throw new Error(`the push was not taken: ${status} ${body}`)
  }
  return {
    ...{ kube, repository, namespace, announce },
    async create(name, more) {
      const declared = { name, repoURL: repository.url, namespace, ...more }
      await kube.request('POST', applicationsPath, applicationManifest(declared))
    },
    async push(files) {
      const head = await repository.push(files)
      await announce()
      return head
    },
    async close() {
      await repository.close()
      await kube.close()
    },
  }
}
