import { NotFoundError } from '../../core/errors.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import type { KubeTransport } from './transport.ts'
import { unlessGone } from './unless-gone.ts'

export type CrdOptions = {
  /** Replace CRDs that somebody else installed. */
  readonly adopt: boolean
  readonly warn: (message: string) => void
}

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const manager = 'driftless-install'
const patienceMs = 30_000
const lookAgainMs = 50

/**
 * Installs our CRDs and waits until the API serves them. A CRD that somebody else installed (Argo
 * CD) is left as it is, with a warning, unless `adopt` is set.
 */
export async function installCrds(
  transport: KubeTransport,
  crds: readonly Manifest[],
  { adopt, warn }: CrdOptions,
): Promise<void> {
  for (const crd of crds) {
    const name = crd.metadata.name ?? ''
    const existing = await read(transport, name)
    if (existing !== undefined && !adopt && !isOurs(existing)) {
      warn(`the CRD ${name} exists and is kept as it is; --adopt-crds replaces it`)
      continue
    }
    await transport.request(`${path}/${name}`, {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: manager, force: 'true' },
      body: crd,
    })
  }
  for (const { metadata } of crds) await established(transport, metadata.name ?? '')
}

async function read(transport: KubeTransport, name: string): Promise<Manifest | undefined> {
  return await unlessGone(transport.request<Manifest>(`${path}/${name}`))
}

function isOurs({ metadata }: Manifest): boolean {
  return metadata.managedFields?.some((entry) => entry.manager === manager) === true
}

async function established(transport: KubeTransport, name: string): Promise<void> {
  const until = Date.now() + patienceMs
  for (;;) {
    const crd = await read(transport, name)
    const status = crd?.status as
      | { conditions?: readonly { type: string; status: string }[] }
      | undefined
    if (status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True'))
      return
    if (Date.now() > until) {
      throw new NotFoundError(
        `the CRD ${name} is not established after ${patienceMs / 1000} s; kubectl describe crd ${name} says why`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
}
