import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type GitServer, startGitServer } from '../contract/git-server.ts'
import { configMap, failureOf, isDeployed, whenApplication } from '../harness/application.ts'
import { createNamespace } from '../harness/kube.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { historiesOf, logsOf } from '../harness/written.ts'

const namespace = 'e2e-private'
const password = 'canary-of-a-repository'
const endpoints = inject('endpoints')
const secrets = '/api/v1/namespaces/argocd/secrets'
let scene: Scene
let server: GitServer
let folder = ''
let head = ''

beforeAll(async () => {
  scene = await openScene(endpoints, namespace)
  await createNamespace(scene.kube, namespace)
  folder = mkdtempSync(join(tmpdir(), 'driftless-private-'))
  const authorization = `Basic ${Buffer.from(`kim:${password}`).toString('base64')}`
  server = await startGitServer({ dir: folder, authorization })
  head = server.push(
    // a folder for each Application: none takes the other's object
    Object.fromEntries(
      ['private-early', 'private', 'private-too'].map((name) => [
        `${name}/config.yaml`,
        configMap(name, 'one'),
      ]),
    ),
  )
})
afterAll(async () => {
  for (const name of ['private-repository', 'private-template']) {
    await scene.kube.try('DELETE', `${secrets}/${name}`)
  }
  await server.close()
  rmSync(folder, { recursive: true, force: true })
  await scene.close()
})

describe('a repository that wants credentials', () => {
  it('is named with what to do as long as there is no Secret, or one of another project (REPO-14)', async () => {
    await declare('private-repository', 'repository', { url: server.url, project: 'other' })
    await deploy('private-early')
    expect(await failureOf(scene.kube, 'private-early')).toMatchObject({
      cause: 'git-auth',
      evidence: expect.stringMatching(/refuses our credentials.*create a Secret/),
    })
    await scene.kube.request('DELETE', `${secrets}/private-repository`)
  })

  it('is deployed with its Secret (REPO-01)', async () => {
    await declare('private-repository', 'repository', { url: server.url })
    await deploy('private')
    await whenApplication(scene.kube, 'private', isDeployed(head))
    await scene.kube.request('DELETE', `${secrets}/private-repository`)
  })

  it('is deployed with the template of its server (REPO-02)', async () => {
    const [origin = ''] = server.url.split('/repo.git')
    await declare('private-template', 'repo-creds', { url: origin })
    await deploy('private-too')
    await whenApplication(scene.kube, 'private-too', isDeployed(head))
  })

  it('lets the password into no history and no log', async () => {
    const written = [
      ...(await historiesOf(endpoints.temporal, 'app/argocd/private')),
      ...logsOf(inject('stackDir')),
    ]
    const texts = written.map(({ text }) => text)
    expect(texts.some((text) => text.includes('private'))).toBe(true)
    const forms = [password, ...[password, `kim:${password}`].map((text) => btoa(text))]
    expect(texts.filter((text) => forms.some((form) => text.includes(form)))).toEqual([])
  })
})

async function declare(name: string, kind: string, fields: Readonly<Record<string, string>>) {
  await scene.kube.request('POST', secrets, {
    metadata: { name, labels: { 'argocd.argoproj.io/secret-type': kind } },
    stringData: { type: 'git', username: 'kim', password, ...fields },
  })
}

async function deploy(name: string): Promise<void> {
  await scene.create(name, { repoURL: server.url, path: name })
}
