import type { ClusterAccess } from '../../core/cluster/access.ts'
import { type Environment, ownCredentials } from './credentials.ts'
import { presigned, signatureTime } from './signature.ts'
import { createSts, stsAddress } from './sts.ts'

// AWS itself takes the token for 15 minutes, whatever the address says
const expiresSeconds = 60

/**
 * The token by which EKS knows us: an address of AWS that says who signed it, without the AWS CLI.
 * With `roleARN` as that role, which our own credentials must be allowed to assume.
 */
export async function clusterToken(
  { clusterName, roleARN, profile }: NonNullable<ClusterAccess['awsAuthConfig']>,
  server: string,
  env: Environment = environment,
  now: () => number = Date.now,
): Promise<string> {
  const region = regionOf(server, env)
  const sts = createSts(region, env.AWS_ENDPOINT_URL_STS || stsAddress(region), now)
  const own = await ownCredentials(sts, env, profile)
  const credentials = roleARN ? await sts.assumeRole(roleARN, own) : own
  const url = presigned(
    {
      ...{ method: 'GET', region, service: 'sts', time: signatureTime(now()) },
      url: new URL(`${stsAddress(region)}/?Action=GetCallerIdentity&Version=2011-06-15`),
      headers: { 'x-k8s-aws-id': clusterName },
    },
    credentials,
    expiresSeconds,
  )
  return `k8s-aws-v1.${Buffer.from(url.href).toString('base64url')}`
}

// the variables that all programs for AWS share; no settings of ours
// biome-ignore lint/style/noProcessEnv: see the line above
const environment: Environment = process.env

/** The address of an EKS cluster names its region. */
function regionOf(server: string, env: Environment): string {
  const named = /[.]([a-z0-9-]+)[.]eks[.]amazonaws[.]com/.exec(server)?.[1]
  return named ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1')
}
