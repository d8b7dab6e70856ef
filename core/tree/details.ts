import { listAt, numberAt, textAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'

export type ResourceInfo = { readonly name: string; readonly value: string }
export type Details = {
  readonly info?: readonly ResourceInfo[]
  readonly images?: readonly string[]
}

const revisionAnnotation = 'deployment.kubernetes.io/revision'

/** What people want to see of an object at a glance: images, revision, state of a Pod (API-11). */
export function detailsOf(object: Manifest): Details {
  const info = infoOf(object)
  const images = imagesOf(object)
  return { ...(info.length > 0 && { info }), ...(images.length > 0 && { images }) }
}

function infoOf(object: Manifest): readonly ResourceInfo[] {
  if (object.apiVersion === 'v1' && object.kind === 'Pod') return podInfo(object)
  const revision = object.metadata.annotations?.[revisionAnnotation]
  return revision !== undefined && object.kind === 'ReplicaSet'
    ? [{ name: 'Revision', value: `Rev:${revision}` }]
    : []
}

function podInfo(pod: Manifest): readonly ResourceInfo[] {
  const containers = listAt(pod, 'status', 'containerStatuses')
  const ready = containers.filter((container) => isReady(container)).length
  const restarts = containers.reduce<number>(
    (sum, container) => sum + (numberAt(container, 'restartCount') ?? 0),
    0,
  )
  const total = listAt(pod, 'spec', 'containers').length
  return [
    { name: 'Status Reason', value: reasonOf(pod, containers) },
    { name: 'Node', value: textAt(pod, 'spec', 'nodeName') },
    { name: 'Containers', value: `${ready}/${total}` },
    ...(restarts > 0 ? [{ name: 'Restart Count', value: String(restarts) }] : []),
  ].filter(({ value }) => value !== '')
}

function isReady(container: unknown): boolean {
  return (container as { readonly ready?: unknown }).ready === true
}

function reasonOf(pod: Manifest, containers: readonly unknown[]): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating'
  const waiting = containers
    .map(
      (container) =>
        textAt(container, 'state', 'waiting', 'reason') ||
        textAt(container, 'state', 'terminated', 'reason'),
    )
    .find((reason) => reason !== '')
  return waiting ?? (textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase'))
}

function imagesOf({ spec, kind }: Manifest): readonly string[] {
  const pod = kind === 'Pod' ? spec : (spec as { template?: { spec?: unknown } })?.template?.spec
  const containers = [...listAt(pod, 'initContainers'), ...listAt(pod, 'containers')]
  return containers.map((container) => textAt(container, 'image')).filter((image) => image !== '')
}
