import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApplicationStatus } from '../../../core/status/status.ts'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  type LiveApplication,
  whenApplication,
} from '../../harness/application.ts'
import { auditedWrites } from '../../harness/audit.ts'
import { eventually } from '../../harness/eventually.ts'
import { type FaultyGit, type GitFault, startFaultyGit } from '../../harness/faulty-git.ts'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { createNamespace, type KubeObject } from '../../harness/kube.ts'
import { type Stack, startStack } from '../../harness/stack.ts'

const pollSeconds = 10
// what mostly passes within minutes is not told at once (AUTO-13)
const graceMs = 180_000
// a Git server that hangs is given up after half a minute; many share two processors
const patienceMs = 120_000

const branchIsGone = 'has lost the branch'
const faults = ['is away', 'answers 500', 'hangs', 'cuts packs short', branchIsGone] as const
type Fault = (typeof faults)[number]
type Place = {
  readonly name: string
  readonly repository: ScratchRepository
  readonly server: FaultyGit
}

let stack: Stack
const places = new Map<Fault, Place>()
const place = (fault: Fault): Place => {
  const found = places.get(fault)
  if (found === undefined) throw new Error(`nothing was set up for ${fault}`)
  return found
}

beforeAll(async () => {
  // nothing announces a push here: what is noticed came by a poll
  stack = await startStack({ env: { DRIFTLESS_POLL_SECONDS: String(pollSeconds) } })
  await Promise.all(faults.map(setUp))
})

afterAll(async () => {
  for (const { server, repository } of places.values()) {
    await server.close()
    await repository.close()
  }
  await stack.stop()
})

async function setUp(fault: Fault): Promise<void> {
  const name = `git-${fault.replaceAll(' ', '-')}`
  const repository = await createScratchRepository(name)
  const head = await repository.push({
    'declared.yaml': configMap('declared', '1'),
    'other.yaml': configMap('other', '1'),
  })
  await repository.git('push', '--quiet', repository.url, 'main:live')
  const server = await startFaultyGit(repository.url)
  places.set(fault, { name, repository, server })
  await createNamespace(stack.kube, name)
  const source = { repoURL: server.url, path: '.', targetRevision: 'live' }
  const declared = { name, repoURL: server.url, namespace: name, spec: { source } }
  await stack.kube.request('POST', applicationsPath, applicationManifest(declared))
  await whenApplication(stack.kube, name, isDeployed(head), patienceMs)
}

/** From now on the server has news that cannot be had: an object less, and another value. */
async function begin(fault: Fault): Promise<void> {
  const { repository, server } = place(fault)
  await repository.commit({ 'declared.yaml': configMap('declared', '2'), 'other.yaml': null })
  const target = fault === branchIsGone ? ':live' : 'main:live'
  if (fault !== branchIsGone) server.become(fault satisfies GitFault)
  await repository.git('push', '--quiet', '--force', repository.url, target)
}

const application = ({ name }: Place) =>
  stack.kube.request<LiveApplication>('GET', `${applicationsPath}/${name}`)
const configMaps = ({ name }: Place) => `/api/v1/namespaces/${name}/configmaps`
const valueIn = async (at: Place) => {
  const { data } = await stack.kube.request<KubeObject & { readonly data: { value: string } }>(
    'GET',
    `${configMaps(at)}/declared`,
  )
  return data.value
}
const deletions = ({ name }: Place) =>
  auditedWrites(stack.dir, name).filter(({ verb }) => verb === 'delete')
const troubled = ({ driftless }: ApplicationStatus) => driftless?.troubledSince !== undefined
const isToldOf = ({ conditions = [] }: ApplicationStatus) =>
  conditions.some(({ type }) => type === 'ComparisonError')

describe('R8: a Git server that', () => {
  it('does not work is noticed at the next poll, and the last good state is kept', async () => {
    await Promise.all(faults.map(begin))
    for (const fault of faults) {
      const { status } = await whenApplication(stack.kube, place(fault).name, troubled, patienceMs)
      expect({ fault, sync: status?.sync?.status, health: status?.health?.status }).toEqual({
        ...{ fault, sync: 'Synced', health: 'Healthy' },
      })
    }
  })

  it.each(faults)('%s: what drifts is healed from the mirror', async (fault) => {
    const at = place(fault)
    await stack.kube.patch(`${configMaps(at)}/declared`, { data: { value: 'by hand' } })
    await eventually(
      () => valueIn(at),
      (value) => value === '1',
      patienceMs,
    )
  })

  it('does not work for more than three minutes is told of, by an error that names it (AUTO-13)', async () => {
    for (const fault of faults) {
      const at = place(fault)
      await whenApplication(stack.kube, at.name, isToldOf, graceMs + 2 * patienceMs)
      const messages = (await application(at)).status?.conditions?.map(({ message }) => message)
      expect({ fault, messages }).toEqual({
        ...{ fault, messages: [expect.stringMatching(/cannot be read|has no|does not/)] },
      })
    }
  })

  it('does not work when a worker starts: what drifted before is healed, and the trouble stays told', async () => {
    const endOf = async (fault: Fault) =>
      (await application(place(fault))).status?.operationState?.finishedAt
    const before = new Map(
      await Promise.all(faults.map(async (one) => [one, await endOf(one)] as const)),
    )
    stack.kill('worker')
    for (const fault of faults) {
      const path = `${configMaps(place(fault))}/declared`
      await stack.kube.patch(path, { data: { value: 'while no worker ran' } })
    }
    for (const fault of faults) {
      const hasEnded = ({ operationState }: ApplicationStatus) =>
        operationState?.phase === 'Succeeded' && operationState.finishedAt !== before.get(fault)
      const { status } = await whenApplication(
        ...([stack.kube, place(fault).name, hasEnded, patienceMs] as const),
      )
      const value = await valueIn(place(fault))
      expect({ fault, value, told: isToldOf(status ?? {}) }).toEqual({
        fault,
        value: '1',
        told: true,
      })
    }
  })

  it('did not work pruned nothing', () => {
    for (const fault of faults) expect(deletions(place(fault))).toEqual([])
  })

  it.each(faults)('%s and works again: what was pushed meanwhile is deployed', async (fault) => {
    const at = place(fault)
    at.server.become(undefined)
    const { repository } = at
    if (fault === branchIsGone) await repository.git('push', '-q', repository.url, 'main:live')
    const head = await repository.head()
    const { status } = await whenApplication(stack.kube, at.name, isDeployed(head), patienceMs)
    expect(isToldOf(status ?? {})).toBe(false)
    expect(await valueIn(at)).toBe('2')
    await eventually(
      async () => (await stack.kube.try('GET', `${configMaps(at)}/other`)).status,
      (answer) => answer === 404,
    )
  })

  it('has a branch that was moved by force: the commit that it names now is deployed', async () => {
    const at = place('is away')
    const { repository } = at
    const parent = await repository.git('rev-parse', 'HEAD~1')
    await repository.git('reset', '--quiet', '--hard', parent)
    const head = await repository.commit({ 'declared.yaml': configMap('declared', 'forced') })
    await repository.git('push', '--quiet', '--force', repository.url, 'main:live')
    await whenApplication(stack.kube, at.name, isDeployed(head), patienceMs)
    expect(await valueIn(at)).toBe('forced')
  })
})
