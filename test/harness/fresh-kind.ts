import type { KubeClient } from './kube.ts'
import { whenThere } from './presence.ts'

/**
 * A kind that the API server did not know before, so that it remembers nothing of the time before:
 * a watch from an older version is answered with 410. Gives the path of its collection.
 */
export async function freshKind(
  kube: KubeClient,
  plural: string,
  namespace: string,
): Promise<string> {
  const group = 'contract.driftless.dev'
  const kind = `${plural[0]?.toUpperCase()}${plural.slice(1)}`
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  await kube.request('POST', definitions, {
    metadata: { name: `${plural}.${group}` },
    spec: {
      ...{ group, scope: 'Namespaced', names: { plural, kind } },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  })
  const path = `/apis/${group}/v1/namespaces/${namespace}/${plural}`
  await whenThere(kube, path)
  return path
}
