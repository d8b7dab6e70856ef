import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type GitServer, startGitServer } from '../contract/git-server.ts'
import { isSynced, whenApplication } from '../harness/application.ts'
import { createNamespace } from '../harness/kube.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { answersOf, historiesOf, logsOf, recordsUpTo, type Written } from '../harness/written.ts'
import { endOf } from './hostile-scene.ts'

/** A value that may stand in Git and in the cluster, and nowhere else. */
const canary = 'canary-5d1c-of-a-secret'
const older = 'canary-77aa-that-was-applied-before'
const namespace = 'e2e-hostile-secrets'
const endpoints = inject('endpoints')
const names = ['h4-valid', 'h4-invalid', 'h4-unreadable', 'h4-password']
let scene: Scene
let refusing: GitServer
let folder = ''

beforeAll(async () => {
  scene = await openScene(endpoints, namespace)
  await createNamespace(scene.kube, namespace)
  await scene.kube.request('POST', `/api/v1/namespaces/${namespace}/secrets`, applied())
  await scene.repository.push(files())
  folder = mkdtempSync(join(tmpdir(), 'driftless-refusing-'))
  refusing = await startGitServer({ dir: folder, authorization: 'Bearer of-nobody' })
})
afterAll(async () => {
  await scene.kube.try('DELETE', '/api/v1/namespaces/argocd/secrets/h4-repository')
  await refusing.close()
  rmSync(folder, { recursive: true, force: true })
  await scene.close()
})

/** A Secret as `kubectl apply` left it: its values stand in an annotation once more. */
function applied() {
  const secret = {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'valid', namespace } },
    data: { password: btoa(older) },
  }
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(secret),
  }
  return { ...secret, metadata: { ...secret.metadata, annotations } }
}

function files(): Readonly<Record<string, string>> {
  const secret = (name: string, body: string) =>
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\n${body}`
  return {
    'valid/a.yaml': secret('valid', `stringData: {password: ${canary}, token: "${canary}"}\n`),
    // each of these is refused by the API server, which shows what it was given where it can
    'invalid/a.yaml': secret('invalid', `data: {password: "${canary}"}\n`),
    'invalid/b.yaml': secret(
      'invalid-type',
      `type: kubernetes.io/tls\nstringData: {x: ${canary}}\n`,
    ),
    'invalid/c.yaml': secret(
      'invalid-field',
      `stringDat: {x: ${canary}}\nstringData: [${canary}]\n`,
    ),
    // no YAML at all: its text must not be in the message
    'unreadable/a.yaml': secret('unreadable', `stringData: {password: ${canary}\n  x: [}\n`),
    'password/a.yaml': secret('password', 'stringData: {x: y}\n'),
  }
}

async function everythingWritten(): Promise<readonly Written[]> {
  const { kube } = scene
  const list = async (path: string) => ({
    place: path,
    text: JSON.stringify(await kube.request('GET', path)),
  })
  const of = (name: string) => `/api/v1/applications/${name}`
  const below = ['', '/resource-tree', '/managed-resources', '/manifests', '/events', '/explain']
  const object = `resourceName=valid&namespace=${namespace}&kind=Secret&version=v1&group=`
  return [
    ...logsOf(inject('stackDir')),
    ...(await historiesOf(endpoints.temporal, 'app/argocd/h4-')),
    ...(await recordsUpTo(endpoints.kafka, 'h4-valid')),
    ...(await answersOf(endpoints, [
      ...names.flatMap((name) => below.map((path) => of(name) + path)),
      ...[`${of('h4-valid')}/resource?${object}`, '/api/v1/applications', '/metrics'],
    ])),
    await list('/api/v1/events'),
    await list('/apis/argoproj.io/v1alpha1/namespaces/argocd/applications'),
  ]
}

describe('H4: the value of a Secret (secrets in errors, logs, diffs and manifests)', () => {
  it('stands in no log, history, record, answer, event or status, whatever goes wrong', async () => {
    await scene.kube.request('POST', '/api/v1/namespaces/argocd/secrets', {
      metadata: {
        name: 'h4-repository',
        labels: { 'argocd.argoproj.io/secret-type': 'repository' },
      },
      stringData: { url: refusing.url, username: 'kim', password: canary },
    })
    await scene.create('h4-valid', { path: 'valid' })
    await scene.create('h4-invalid', { path: 'invalid' })
    await scene.create('h4-unreadable', { path: 'unreadable' })
    await scene.create('h4-password', { repoURL: refusing.url })
    await whenApplication(scene.kube, 'h4-valid', isSynced)
    for (const name of ['h4-invalid', 'h4-unreadable', 'h4-password']) {
      await whenApplication(scene.kube, name, (status) => endOf(status) !== 'harmless')
    }
    // drift, which only a dry run of the API server decides
    await scene.kube.patch(`/api/v1/namespaces/${namespace}/secrets/valid`, {
      stringData: { token: older },
    })
    await whenApplication(scene.kube, 'h4-valid', isSynced)
    const written = await everythingWritten()
    for (const place of ['log', 'history', 'record', '200 /api']) {
      expect(written.some((one) => one.place.startsWith(place))).toBe(true)
    }
    const forms = [canary, older].flatMap((text) => [text, btoa(text), btoa(`kim:${text}`)])
    const told = written.filter(({ text }) => forms.some((form) => text.includes(form)))
    expect(told.map(({ place }) => place)).toEqual([])
  })
})
