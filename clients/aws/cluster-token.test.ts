import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterToken } from './cluster-token.ts'

const eks = 'https://ABC.gr7.eu-west-1.eks.amazonaws.com'
const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'sesame' }
const now = () => Date.UTC(2026, 0, 2, 3, 4, 5)

/** What the token says when it is opened. */
function opened(token: string): URL {
  expect(token).toMatch(/^k8s-aws-v1[.][\w-]+$/)
  return new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString())
}

let sts: Server
const asked: { query: URLSearchParams; authorization: string | undefined }[] = []
let folder = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'driftless-aws-'))
  sts = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://sts').searchParams
    asked.push({ query, authorization: request.headers.authorization })
    if (query.get('RoleArn')?.endsWith('forbidden')) {
      response
        .writeHead(403)
        .end('<ErrorResponse><Error><Message>no way</Message></Error></ErrorResponse>')
      return
    }
    const parts = { AccessKeyId: 'ASIAROLE', SecretAccessKey: 'hidden', SessionToken: 'session' }
    const xml = Object.entries(parts).map(([name, value]) => `<${name}>${value}</${name}>`)
    response.end(`<R><Credentials>${xml.join('')}</Credentials></R>`)
  })
  await new Promise<void>((listening) => sts.listen(0, '127.0.0.1', listening))
})
afterAll(() => {
  sts.close()
  rmSync(folder, { recursive: true })
})
const address = () => `http://127.0.0.1:${(sts.address() as AddressInfo).port}`

describe('the token for EKS (CLUS-05)', () => {
  it('is an address of the region that names the cluster in what is signed', async () => {
    const url = opened(await clusterToken({ clusterName: 'stage' }, eks, keys, now))
    expect(url.origin).toBe('https://sts.eu-west-1.amazonaws.com')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      ...{ Action: 'GetCallerIdentity', Version: '2011-06-15' },
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20260102/eu-west-1/sts/aws4_request',
      'X-Amz-Date': '20260102T030405Z',
      'X-Amz-Expires': '60',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const other = opened(await clusterToken({ clusterName: 'prod' }, eks, keys, now))
    expect(other.searchParams.get('X-Amz-Signature')).not.toBe(
      url.searchParams.get('X-Amz-Signature'),
    )
  })

  it('is of the role that the Secret names', async () => {
    const env = { ...keys, AWS_ENDPOINT_URL_STS: address() }
    const roleARN = 'arn:aws:iam::1:role/deployer'
    const url = opened(await clusterToken({ clusterName: 'stage', roleARN }, eks, env, now))
    expect(asked.at(-1)?.query.get('Action')).toBe('AssumeRole')
    expect(asked.at(-1)?.authorization).toContain('Credential=AKIDEXAMPLE/20260102/eu-west-1/sts/')
    expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^ASIAROLE\//)
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe('session')
  })

  it("is of the role of the pod's service account", async () => {
    const file = join(folder, 'token')
    writeFileSync(file, 'token of Kubernetes\n')
    const env = {
      ...{ AWS_ROLE_ARN: 'arn:aws:iam::1:role/pod', AWS_WEB_IDENTITY_TOKEN_FILE: file },
      AWS_ENDPOINT_URL_STS: address(),
    }
    const url = opened(await clusterToken({ clusterName: 'stage' }, eks, env, now))
    expect(asked.at(-1)?.query.get('WebIdentityToken')).toBe('token of Kubernetes')
    expect(asked.at(-1)?.authorization).toBeUndefined()
    expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^ASIAROLE\//)
  })

  it('is of the profile that the Secret names', async () => {
    const file = join(folder, 'credentials')
    const section = (id: string) => `aws_access_key_id = ${id}\naws_secret_access_key=x=y\n`
    writeFileSync(file, `[default]\n${section('ONE')}\n[ stage ]\n${section('TWO')}`)
    const env = { ...keys, AWS_SHARED_CREDENTIALS_FILE: file }
    const url = opened(await clusterToken({ clusterName: 'a', profile: 'stage' }, eks, env, now))
    expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^TWO\//)
  })

  it('says what AWS refused, and what to do without credentials', async () => {
    const env = { ...keys, AWS_ENDPOINT_URL_STS: address() }
    await expect(
      clusterToken({ clusterName: 'a', roleARN: 'forbidden' }, eks, env, now),
    ).rejects.toThrow('AWS answers 403 to AssumeRole: no way')
    const nothing = { AWS_SHARED_CREDENTIALS_FILE: join(folder, 'missing') }
    await expect(clusterToken({ clusterName: 'a' }, eks, nothing, now)).rejects.toThrow(
      'set AWS_ACCESS_KEY_ID',
    )
  })
})
