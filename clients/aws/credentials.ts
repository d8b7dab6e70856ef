import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { PermissionError } from '../../core/errors.ts'
import type { AwsCredentials } from './signature.ts'
import type { Sts } from './sts.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Whom AWS takes this process for: the named profile, else the variables of the environment, the
 * role of the pod's service account, or the profile of the environment, in this order.
 */
export async function ownCredentials(
  sts: Sts,
  env: Environment,
  profile?: string,
): Promise<AwsCredentials> {
  if (profile) return ofProfile(env, profile)
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = env
  if (id && secret) return credentials(id, secret, session)
  const { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: file } = env
  if (role && file) {
    return await sts.assumeRoleWithWebIdentity(role, readFileSync(file, 'utf8').trim())
  }
  return ofProfile(env, env.AWS_PROFILE || 'default')
}

/** Profiles with keys; those that log in or ask another program are not read. */
function ofProfile(env: Environment, profile: string): AwsCredentials {
  const path = env.AWS_SHARED_CREDENTIALS_FILE || join(homedir(), '.aws', 'credentials')
  const section = sectionOf(contentOf(path), profile)
  const [id, secret] = [section.get('aws_access_key_id'), section.get('aws_secret_access_key')]
  if (id && secret) return credentials(id, secret, section.get('aws_session_token'))
  throw new PermissionError(
    `there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, run with a service account that has a role, or give the profile ${profile} of ${path} keys`,
  )
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // who has no such file has no such profile
    return ''
  }
}

function sectionOf(text: string, profile: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let isInside = false
  for (const line of text.split('\n').map((one) => one.trim())) {
    const head = /^\[(.*)\]$/.exec(line)?.[1]
    if (head !== undefined) isInside = head.trim() === profile
    const [, name, value] = /^([^=#;]+)=(.*)$/.exec(line) ?? []
    if (isInside && name && value !== undefined) values.set(name.trim(), value.trim())
  }
  return values
}

function credentials(
  accessKeyId: string,
  secretAccessKey: string,
  sessionToken: string | undefined,
): AwsCredentials {
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}
