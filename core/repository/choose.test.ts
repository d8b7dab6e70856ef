import { describe, expect, it } from 'vitest'
import { credentialsFor } from './choose.ts'
import { type RepositoryCredentials, readRepositorySecret, secretsOf } from './credentials.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** A Secret as the API server has it, read. */
function secret(name: string, kind: string, fields: Readonly<Record<string, string>>) {
  const data = Object.fromEntries(Object.entries(fields).map(([key, text]) => [key, base64(text)]))
  const labels = { 'argocd.argoproj.io/secret-type': kind }
  return readRepositorySecret({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels },
    data,
  })
}
const all = (...given: readonly (RepositoryCredentials | undefined)[]) =>
  given.filter((one) => one !== undefined)
const chosen = (known: readonly RepositoryCredentials[], url: string, project = 'default') =>
  credentialsFor(known, { url, project })

const url = 'https://git.example.com/team/shop.git'
const repository = secret('shop', 'repository', { url, username: 'kim', password: 'pä ss' })
const template = (name: string, prefix: string) =>
  secret(name, 'repo-creds', { url: prefix, bearerToken: name })

describe('a Secret of a repository', () => {
  it('is read from base64, with everything to sign in with (REPO-01, REPO-03)', () => {
    expect(repository).toMatchObject({ secret: 'shop', url, username: 'kim', password: 'pä ss' })
    expect(secretsOf(repository)).toEqual(['pä ss', base64('kim:pä ss')])
  })

  it('is none without an address or the label', () => {
    expect(secret('a', 'repository', { username: 'kim' })).toBeUndefined()
    expect(secret('a', 'cluster', { url })).toBeUndefined()
  })

  it('names the keys that are not acted on', () => {
    const fields = { url, gcpServiceAccountKey: '{}' }
    expect(secret('a', 'repository', fields)?.unbuilt).toEqual(['gcpServiceAccountKey'])
  })

  it('can make us an App of GitHub, whose key is never shown (REPO-06)', () => {
    const fields = { url, githubAppID: '17', githubAppPrivateKey: 'a key' }
    const app = secret('a', 'repository', fields)
    expect(app?.githubApp).toEqual({
      ...{ id: '17', privateKey: 'a key', api: 'https://api.github.com' },
    })
    expect(secretsOf(app)).toEqual(['a key'])
    const own = {
      githubAppInstallationID: '42',
      githubAppEnterpriseBaseUrl: 'https://git.example.com/api/v3/',
    }
    expect(secret('a', 'repository', { ...fields, ...own })?.githubApp).toMatchObject({
      ...{ installation: '42', api: 'https://git.example.com/api/v3' },
    })
  })

  it('says how much is fetched (SRC-15, SRC-16)', () => {
    expect(secret('a', 'repository', { url, depth: '5', enableLfs: 'true' })).toMatchObject({
      ...{ depth: 5, enableLfs: true },
    })
    expect(secret('a', 'repository', { url, depth: '-1' })?.depth).toBeUndefined()
  })
})

describe('the credentials of a repository', () => {
  it('are found under every spelling of its address', () => {
    for (const spelling of [
      'https://git.example.com/Team/shop',
      'https://kim@git.example.com/team/shop.git/',
    ])
      expect(chosen(all(repository), spelling)?.secret).toBe('shop')
    expect(chosen(all(repository), 'https://git.example.com/team/shop2.git')).toBeUndefined()
  })

  it('come from the template with the longest address (REPO-02)', () => {
    const known = all(
      template('host', 'https://git.example.com'),
      template('team', 'https://git.example.com/team'),
      template('other', 'https://git.example.com/other'),
    )
    expect(chosen(known, url)?.secret).toBe('team')
    expect(chosen(known, 'https://git.example.com/x/y.git')?.secret).toBe('host')
  })

  it('come from a template only when the repository has none of its own, whose settings stay', () => {
    const templates = all(template('team', 'https://git.example.com/team'))
    expect(chosen([...templates, ...all(repository)], url)?.secret).toBe('shop')
    const open = secret('open', 'repository', { url, insecure: 'true', proxy: 'http://proxy:1' })
    expect(chosen([...templates, ...all(open)], url)).toMatchObject({
      ...{ bearerToken: 'team', insecure: true, proxy: 'http://proxy:1' },
    })
  })

  it.each([
    ['https://git.example.com', 'https://git.example.com.evil.example/team/shop.git'],
    ['https://git.example.com', 'https://git.example.com@evil.example/team/shop.git'],
    ['https://git.example.com', 'https://git.example.com:8443/team/shop.git'],
    ['https://git.example.com', 'http://git.example.com/team/shop.git'],
    ['git@git.example.com', 'git@git.example.com.evil.example:team/shop.git'],
  ])('of the template %s never go to %s', (prefix, other) => {
    expect(chosen(all(template('host', prefix)), other)).toBeUndefined()
  })

  it('of a template serve scp and ssh addresses alike', () => {
    const known = all(template('ssh', 'git@git.example.com:team'))
    expect(chosen(known, 'git@git.example.com:team/shop.git')?.secret).toBe('ssh')
    expect(chosen(known, 'ssh://git@git.example.com/team/shop.git')?.secret).toBe('ssh')
  })

  it('of a project are for its Applications only, and come before those of everybody (REPO-14)', () => {
    const scoped = secret('scoped', 'repository', { url, password: 'x', project: 'shop' })
    expect(chosen(all(scoped), url, 'other')).toBeUndefined()
    expect(chosen(all(repository, scoped), url, 'shop')?.secret).toBe('scoped')
    expect(chosen(all(repository, scoped), url, 'other')?.secret).toBe('shop')
  })
})
