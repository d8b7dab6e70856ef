import type { ApplicationRef } from '../core/flow.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import type { KubeTransport } from './kube/transport.ts'

/** Application objects in the API, for what is no status: made, tried out and deleted. */
export type ApplicationObjects = {
  /** The stored object; ConflictError when there is one of this name. */
  create(manifest: Manifest): Promise<Manifest>
  /** What a patch would make of it, without doing it. */
  tryPatch(ref: ApplicationRef, patch: unknown, type: 'json' | 'merge'): Promise<Manifest>
  /** Deletes this very Application (by uid). */
  remove(ref: ApplicationRef): Promise<void>
  /** The Kubernetes Events of an object, oldest first. */
  events(object: EventSubject): Promise<readonly Manifest[]>
}

/** Which Events are meant; fields that are left out match all. */
export type EventSubject = {
  readonly namespace: string
  readonly name: string
  readonly uid?: string
  readonly kind?: string
}

const group = '/apis/argoproj.io/v1alpha1'
const fieldManager = 'driftless'

export function createApplicationObjects(transport: KubeTransport): ApplicationObjects {
  const pathOf = ({ namespace, name }: Pick<ApplicationRef, 'namespace' | 'name'>) =>
    `${group}/namespaces/${encodeURIComponent(namespace)}/applications/${encodeURIComponent(name)}`
  return {
    create: (manifest) =>
      transport.request<Manifest>(
        `${group}/namespaces/${encodeURIComponent(manifest.metadata.namespace ?? '')}/applications`,
        { method: 'POST', body: manifest, query: { fieldManager } },
      ),
    tryPatch: (ref, body, type) =>
      transport.request<Manifest>(pathOf(ref), {
        method: 'PATCH',
        body,
        contentType:
          type === 'json' ? 'application/json-patch+json' : 'application/merge-patch+json',
        query: { fieldManager, dryRun: 'All' },
      }),
    async remove(ref) {
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        preconditions: { uid: ref.uid },
      }
      await transport.request(pathOf(ref), { method: 'DELETE', body })
    },
    async events({ namespace, name, uid, kind }) {
      const fields = [
        `involvedObject.name=${name}`,
        ...(uid ? [`involvedObject.uid=${uid}`] : []),
        ...(kind ? [`involvedObject.kind=${kind}`] : []),
      ]
      const answer = await transport.request<{ items?: readonly Manifest[] }>(
        `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`,
        { query: { fieldSelector: fields.join(',') } },
      )
      return [...(answer.items ?? [])].sort((a, b) => (seenAt(a) < seenAt(b) ? -1 : 1))
    },
  }
}

function seenAt({ metadata, lastTimestamp, eventTime }: Manifest): string {
  return String(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '')
}
