import { request } from 'undici'
import { NetworkError, PermissionError } from '../../core/errors.ts'
import { type AwsCredentials, authorizationOf, signatureTime } from './signature.ts'

const timeoutMs = 10_000
const sessionName = 'driftless'

/** Where the Security Token Service of a region is. */
export function stsAddress(region: string): string {
  return `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

export type Sts = {
  /** The credentials of a role, for whoever has these. */
  assumeRole(roleArn: string, credentials: AwsCredentials): Promise<AwsCredentials>
  /** The credentials of a role, for whoever has this token of Kubernetes. */
  assumeRoleWithWebIdentity(roleArn: string, token: string): Promise<AwsCredentials>
}

/** Asks the Security Token Service of AWS for credentials that last an hour. */
export function createSts(region: string, address: string, now: () => number): Sts {
  const ask = async (
    action: string,
    query: Readonly<Record<string, string>>,
    as?: AwsCredentials,
  ) => {
    const url = new URL(address)
    const parameters = {
      Action: action,
      Version: '2011-06-15',
      RoleSessionName: sessionName,
      ...query,
    }
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    const time = signatureTime(now())
    const headers = {
      'x-amz-date': time,
      ...(as?.sessionToken !== undefined && { 'x-amz-security-token': as.sessionToken }),
    }
    const signed = { method: 'GET', url, headers, region, service: 'sts', time } as const
    return await credentialsFrom(action, url, {
      ...headers,
      ...(as !== undefined && { authorization: authorizationOf(signed, as) }),
    })
  }
  return {
    assumeRole: (RoleArn, credentials) => ask('AssumeRole', { RoleArn }, credentials),
    assumeRoleWithWebIdentity: (RoleArn, WebIdentityToken) =>
      ask('AssumeRoleWithWebIdentity', { RoleArn, WebIdentityToken }),
  }
}

async function credentialsFrom(
  action: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
): Promise<AwsCredentials> {
  const { statusCode, body } = await request(url, {
    ...{ headers, headersTimeout: timeoutMs, bodyTimeout: timeoutMs },
  }).catch((cause: Error) => {
    throw new NetworkError(`AWS does not answer at ${url.host}: ${cause.message}`, { cause })
  })
  const text = await body.text()
  const found = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1]
  const [accessKeyId, secretAccessKey] = [found('AccessKeyId'), found('SecretAccessKey')]
  const sessionToken = found('SessionToken')
  if (statusCode < 300 && accessKeyId && secretAccessKey && sessionToken) {
    return { accessKeyId, secretAccessKey, sessionToken }
  }
  const told = `AWS answers ${statusCode} to ${action}: ${found('Message') ?? 'without a reason'}`
  throw statusCode >= 500 ? new NetworkError(told) : new PermissionError(told)
}
