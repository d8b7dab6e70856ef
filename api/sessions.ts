import { compare } from 'bcryptjs'
import { jwtVerify, SignJWT } from 'jose'
import type { Accounts } from '../clients/accounts.ts'
import { createLoginLimit } from './login-limit.ts'
import { UnauthenticatedError } from './refusal.ts'

/** Who sends a request. */
export type User = { readonly username: string; readonly tokenId: string; readonly endsAt: number }

/** Logging in and out; tokens are JWTs in Argo CD's form (AUTH-01, AUTH-04). */
export type Sessions = {
  /** A token for the right password; UnauthenticatedError or TooManyAttemptsError otherwise. */
  login(username: string, password: string): Promise<string>
  /** Who the token speaks for; UnauthenticatedError when it is not believed (any more). */
  verify(token: string): Promise<User>
  logout(user: User): Promise<void>
}

const issuer = 'argocd'
/** AUTH-04. */
export const sessionSeconds = 24 * 3600
// compared with when nobody has the username, so that the answer takes as long
const nobodysHash = '$2b$10$FAePXxZsz/nv2Xobpyt8FeoQY6Zr4CAGROT13lh/YVjxb0mFX9rQS'

export function createSessions(accounts: Accounts, now: () => number): Sessions {
  const limit = createLoginLimit(now)
  return {
    async login(username, password) {
      const subject = await limit.attempt(username, () =>
        authenticate(accounts, username, password),
      )
      if (subject !== undefined) return await issue(accounts, subject, now())
      throw new UnauthenticatedError('Invalid username or password')
    },
    verify: (token) => verify(accounts, token, now()),
    logout: ({ tokenId, endsAt }) => accounts.revoke(tokenId, endsAt),
  }
}

async function authenticate(
  accounts: Accounts,
  username: string,
  password: string,
): Promise<string | undefined> {
  const { adminPasswordHash } = await accounts.secrets()
  const known = username === 'admin' ? adminPasswordHash : undefined
  const matches = await compare(password, known ?? nobodysHash)
  return matches && known !== undefined ? username : undefined
}

async function issue(accounts: Accounts, subject: string, at: number): Promise<string> {
  const { signingKey } = await accounts.secrets()
  const seconds = Math.floor(at / 1000)
  return await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(issuer)
    .setSubject(`${subject}:login`)
    .setIssuedAt(seconds)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + sessionSeconds)
    .setJti(crypto.randomUUID())
    .sign(signingKey)
}

async function verify(accounts: Accounts, token: string, at: number): Promise<User> {
  const secrets = await accounts.secrets()
  const { payload } = await jwtVerify(token, secrets.signingKey, {
    issuer,
    algorithms: ['HS256'],
    currentDate: new Date(at),
    requiredClaims: ['sub', 'iat', 'exp', 'jti'],
  }).catch((cause: unknown) => {
    throw new UnauthenticatedError('the token is not valid or has ended; log in again', { cause })
  })
  const { sub = '', jti = '', iat = 0, exp = 0 } = payload
  const [username, use] = sub.split(':')
  const isOld = (iat + 1) * 1000 < secrets.adminPasswordChangedAt
  if (username !== 'admin' || use !== 'login' || isOld || Object.hasOwn(secrets.revoked, jti)) {
    throw new UnauthenticatedError('the token is no longer believed; log in again')
  }
  return { username, tokenId: jti, endsAt: exp * 1000 }
}
