import { loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pLimit from 'p-limit'
import { applicationsPath, isDeployed, type LiveApplication } from '../harness/application.ts'
import { createNamespace, type KubeClient } from '../harness/kube.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { startStack } from '../harness/stack.ts'
import { before, largeApplication } from './large-application.ts'
import { median } from './median.ts'

/** Syncs one large application beside the same objects applied without any engine, in turns. */
const { values } = parseArgs({
  options: {
    objects: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
  },
})
const objects = largeApplication(Number(values.objects))
// enough for two cores; kubectl applies one after the other
const parallel = 10
// its status is a quarter of a megabyte: asked for more often, it would be measured too
const lookMs = 250
const resources: Readonly<Record<string, string>> = {
  ConfigMap: '/api/v1/namespaces/NS/configmaps',
  Service: '/api/v1/namespaces/NS/services',
  ServiceAccount: '/api/v1/namespaces/NS/serviceaccounts',
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
}
type Deployments = {
  readonly items: readonly { readonly status?: { readonly observedGeneration?: number } }[]
}
const measures = ['one by one', 'raw', 'tried and raw', 'sync', 'created to done'] as const
type Row = Readonly<Record<(typeof measures)[number], number>>

const stack = await startStack()
const rows: Row[] = []
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    const name = `large-${round}`
    const scene = await openScene(stack.endpoints, name)
    const [oneByOneIn, rawIn, triedIn] = [`${name}-single`, `${name}-raw`, `${name}-tried`]
    for (const space of [name, oneByOneIn, rawIn, triedIn]) await createNamespace(scene.kube, space)
    const raw = await applied(scene, rawIn, parallel)
    const sync = await synced(scene, name)
    const tried = await applied(scene, triedIn, parallel, true)
    const oneByOne = await applied(scene, oneByOneIn, 1)
    rows.push({ 'one by one': oneByOne, raw, 'tried and raw': tried, ...sync })
    console.log(JSON.stringify(rows.at(-1)), `load ${loadavg()[0]?.toFixed(1)}`)
    await scene.close()
  }
} finally {
  await stack.stop()
}
const middle = (key: keyof Row) => median(rows.map((row) => row[key]))
const sync = middle('sync')
console.table(Object.fromEntries(measures.map((key) => [key, middle(key)])))
for (const key of ['one by one', 'raw', 'tried and raw'] as const) {
  console.log(`sync / ${key} ${(sync / middle(key)).toFixed(2)}`)
}
process.exit(0)

/** Seconds of server-side applies of all objects, so many at once, after a dry-run of each if asked for. */
async function applied(
  { kube }: Scene,
  namespace: string,
  atOnce: number,
  isTried = false,
): Promise<number> {
  const limit = pLimit(atOnce)
  const started = performance.now()
  for (const option of [...(isTried ? ['&dryRun=All'] : []), '']) {
    const query = `?fieldManager=bench&force=true&fieldValidation=Strict${option}`
    await Promise.all(
      objects.map((object) =>
        limit(() => {
          const place = resources[object.kind]?.replace('NS', namespace)
          const path = `${place}/${object.metadata.name}${query}`
          return kube.request('PATCH', path, object, 'application/apply-patch+yaml')
        }),
      ),
    )
  }
  const seconds = secondsSince(started)
  await whenObserved(kube, namespace)
  return seconds
}

/** Lets the controllers catch up, so that what comes next is not measured with their work. */
async function whenObserved(kube: KubeClient, namespace: string): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
  for (;;) {
    const { items } = await kube.request<Deployments>('GET', path)
    if (items.every(({ status }) => status?.observedGeneration !== undefined)) return
    await delay(lookMs)
  }
}

/** Seconds from the Application to its end, and of its operation as the status says. */
async function synced({ kube, repository, create }: Scene, name: string) {
  const text = [before, ...objects].map((object) => JSON.stringify(object)).join('\n---\n')
  const head = await repository.push({ 'all.yaml': text })
  const started = performance.now()
  await create(name)
  const { operationState } = await deployed(kube, name, head)
  const whole = secondsSince(started)
  const { startedAt = '', finishedAt = '' } = operationState ?? {}
  return { sync: (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000, 'created to done': whole }
}

async function deployed(kube: KubeClient, name: string, head: string) {
  for (;;) {
    const { status } = await kube.request<LiveApplication>('GET', `${applicationsPath}/${name}`)
    if (status !== undefined && isDeployed(head)(status)) return status
    await delay(lookMs)
  }
}

function secondsSince(started: number): number {
  return Number(((performance.now() - started) / 1000).toFixed(2))
}
