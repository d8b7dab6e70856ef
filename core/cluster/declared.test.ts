import { describe, expect, it } from 'vitest'
import { readClusterSecret } from './declared.ts'

const secret = (fields: Readonly<Record<string, string>>, kind = 'cluster') => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'stage-secret', labels: { 'argocd.argoproj.io/secret-type': kind } },
  data: Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  ),
})
const server = 'https://stage.example.com'
const problemsOf = (config: object | string) =>
  readClusterSecret(
    secret({ server, config: typeof config === 'string' ? config : JSON.stringify(config) }),
  )?.problems

describe('the Secret of a cluster', () => {
  it('is read with its name, address, project and credentials (CLUS-01, CLUS-02)', () => {
    const config = {
      bearerToken: 'token',
      tlsClientConfig: { insecure: false, caData: Buffer.from('pem').toString('base64') },
      execProviderConfig: { command: 'aws', args: ['eks', 'get-token'], env: { A: 'b' } },
    }
    expect(
      readClusterSecret(
        secret({
          ...{ name: 'stage', server: `${server}/`, project: 'shop', shard: '1' },
          config: JSON.stringify(config),
        }),
      ),
    ).toEqual({
      ...{ secret: 'stage-secret', name: 'stage', server, project: 'shop', problems: [] },
      access: config,
    })
  })

  it('is none without the label', () => {
    expect(readClusterSecret(secret({ server }, 'repository'))).toBeUndefined()
  })

  it('is called by its address when it has no name', () => {
    expect(readClusterSecret(secret({ server }))).toMatchObject({ name: server, problems: [] })
  })

  it('names the namespaces that are looked at, and whether what lies in none is (CLUS-06)', () => {
    const scope = (more: Readonly<Record<string, string>>) =>
      readClusterSecret(secret({ server, ...more }))?.scope
    expect(scope({})).toBeUndefined()
    expect(scope({ namespaces: ' a, b,a,' })).toEqual({
      ...{ namespaces: ['a', 'b'], clusterResources: false },
    })
    expect(scope({ namespaces: 'a', clusterResources: 'true' })?.clusterResources).toBe(true)
  })

  it('says which key is wrong, and never shows a value', () => {
    expect(readClusterSecret(secret({ name: 'stage' }))?.problems).toEqual([
      'server: is missing; give the address of the API server',
    ])
    expect(readClusterSecret(secret({ server: 'stage' }))?.problems).toEqual([
      'server: is not an http or https address',
    ])
    expect(problemsOf('{"bearerToken": sesame')).toEqual(['config: is not JSON'])
    const [typed] = problemsOf({ bearerToken: ['sesame'] }) ?? []
    expect(typed).toMatch(/^config[.]bearerToken: /)
    expect(typed).not.toContain('sesame')
    expect(problemsOf({ execProviderConfig: { args: [] } })?.[0]).toMatch(
      /^config[.]execProviderConfig[.]command: /,
    )
  })

  it('says what contradicts itself', () => {
    const tls = (tlsClientConfig: object) => problemsOf({ tlsClientConfig })
    expect(tls({ certData: 'YQ==' })).toEqual([
      'config.tlsClientConfig: certData and keyData belong together',
    ])
    expect(tls({ caData: 'YQ==', insecure: true })).toHaveLength(1)
    expect(tls({ caData: '-----BEGIN CERTIFICATE-----' })).toEqual([
      'config.tlsClientConfig.caData: is not base64',
    ])
    expect(problemsOf({ proxyUrl: 'proxy:3128' })).toHaveLength(1)
  })
})
