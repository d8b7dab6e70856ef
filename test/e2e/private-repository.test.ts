import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type GitServer, startGitServer } from '../contract/git-server.ts'
import { configMap, failureOf, isDeployed, whenApplication } from '../harness/application.ts'
import { createNamespace } from '../harness/kube.ts'
import { payloadTexts } from '../harness/payload-texts.ts'
import { openScene, type Scene } from '../harness/scene.ts'

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
    const texts = [...(await histories()), ...logs()]
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

async function histories(): Promise<readonly string[]> {
  const connection = await Connection.connect({ address: endpoints.temporal })
  try {
    const client = new Client({ connection, namespace: 'driftless' })
    const found: string[] = []
    const query = 'WorkflowId STARTS_WITH "app/argocd/private"'
    for await (const { workflowId, runId } of client.workflow.list({ query })) {
      const history = historyToJSON(
        await client.workflow.getHandle(workflowId, runId).fetchHistory(),
      )
      found.push(history, ...payloadTexts(history))
    }
    return found
  } finally {
    await connection.close()
  }
}

/** What our own processes wrote. */
function logs(): readonly string[] {
  const dir = join(inject('stackDir'), 'logs')
  return readdirSync(dir)
    .filter((name) => /^(api|events|worker)/.test(name))
    .map((name) => readFileSync(join(dir, name), 'utf8'))
}
