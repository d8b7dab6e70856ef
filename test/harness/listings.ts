import type { KubeClient } from './kube.ts'

const line = /^apiserver_request_total\{(?<labels>[^}]*)\} (?<count>\S+)$/gm

/** How often each resource was listed since the API server started, by its own count. */
export async function listings(kube: KubeClient): Promise<ReadonlyMap<string, number>> {
  const text = await kube.request<string>('GET', '/metrics')
  const counts = new Map<string, number>()
  for (const { groups } of text.matchAll(line)) {
    const labels = groups?.labels ?? ''
    if (!labels.includes('verb="LIST"')) continue
    const resource = /resource="([^"]*)"/.exec(labels)?.[1] ?? ''
    counts.set(resource, (counts.get(resource) ?? 0) + Number(groups?.count))
  }
  return counts
}
