import { randomBytes } from 'node:crypto'
import { hash } from 'bcryptjs'
import { ConflictError, NetworkError, NotFoundError } from '../core/errors.ts'
import type { KubeTransport } from './kube/transport.ts'
import { unlessGone } from './kube/unless-gone.ts'

/** What logging in and tokens rest on, as the Secrets of the control namespace have it (AUTH-01, AUTH-04). */
export type AccountSecrets = {
  readonly signingKey: Uint8Array
  /** bcrypt; undefined when the password login is off. */
  readonly adminPasswordHash: string | undefined
  /** Epoch ms; tokens that are older are not believed. */
  readonly adminPasswordChangedAt: number
  /** Ids of the tokens that logged out, with the epoch ms at which they end by themselves. */
  readonly revoked: Readonly<Record<string, number>>
}

export type Accounts = {
  /** Makes what is missing, once for all processes: signing key, admin password. */
  prepare(): Promise<void>
  /** At most five seconds old. */
  secrets(): Promise<AccountSecrets>
  /** The token is believed no more, here at once and elsewhere within five seconds. */
  revoke(tokenId: string, expiresAt: number): Promise<void>
}

type Secret = {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string }
  readonly data?: Readonly<Record<string, string>>
}
type Values = Readonly<Record<string, string>>

export const initialPasswordSecret = 'argocd-initial-admin-secret'
const settingsSecret = 'argocd-secret'
const bcryptRounds = 10
const keptMs = 5_000
const maxConflicts = 8

export function createAccounts(
  transport: KubeTransport,
  namespace: string,
  now: () => number = Date.now,
): Accounts {
  const secrets = secretsOf(transport, namespace)
  let known: { readonly at: number; readonly value: Promise<AccountSecrets> } | undefined
  let last: AccountSecrets | undefined
  const read = async (): Promise<AccountSecrets> => {
    try {
      last = accountSecrets(await secrets.read(settingsSecret))
      return last
    } catch (error) {
      // sessions that are open go on while the API server is away
      if (last !== undefined && error instanceof NetworkError) return last
      known = undefined
      throw error
    }
  }
  const readAnew = (): Promise<AccountSecrets> => {
    known = { at: now(), value: read() }
    return known.value
  }
  return {
    async prepare() {
      await prepare(secrets, now)
      await readAnew()
    },
    secrets: () => (known !== undefined && now() - known.at < keptMs ? known.value : readAnew()),
    async revoke(tokenId, expiresAt) {
      await secrets.change(settingsSecret, (values) => {
        const revoked = Object.entries({ ...revokedOf(values), [tokenId]: expiresAt })
        const open = revoked.filter(([, end]) => end > now())
        return { 'driftless.revoked': JSON.stringify(Object.fromEntries(open)) }
      })
      await readAnew()
    },
  }
}

type Secrets = ReturnType<typeof secretsOf>

async function prepare(secrets: Secrets, now: () => number): Promise<void> {
  const present = valuesOf(await secrets.read(settingsSecret))
  const wanted: Record<string, string> = {}
  if (!present['server.secretkey']) {
    wanted['server.secretkey'] = randomBytes(32).toString('base64')
  }
  if (!present['admin.password']) {
    const password = randomBytes(12).toString('base64url')
    // whoever is first decides; a password that somebody prepared is taken
    await secrets.change(initialPasswordSecret, (values) => (values.password ? {} : { password }))
    const chosen = valuesOf(await secrets.read(initialPasswordSecret)).password ?? password
    wanted['admin.password'] = await hash(chosen, bcryptRounds)
    wanted['admin.passwordMtime'] = new Date(now()).toISOString()
  }
  await secrets.change(settingsSecret, (values) =>
    Object.fromEntries(Object.entries(wanted).filter(([name]) => !values[name])),
  )
}

/** The initial admin password, as long as nobody deleted its Secret (AUTH-01). */
export async function initialAdminPassword(
  transport: KubeTransport,
  namespace: string,
): Promise<string | undefined> {
  const secret = await secretsOf(transport, namespace).read(initialPasswordSecret)
  return valuesOf(secret).password
}

function accountSecrets(secret: Secret | undefined): AccountSecrets {
  const values = valuesOf(secret)
  if (!values['server.secretkey']) {
    throw new NotFoundError(
      `the Secret ${settingsSecret} has no server.secretkey; start the API again, it makes one`,
    )
  }
  return {
    signingKey: Buffer.from(values['server.secretkey']),
    adminPasswordHash: values['admin.password'] || undefined,
    adminPasswordChangedAt: Date.parse(values['admin.passwordMtime'] ?? '') || 0,
    revoked: revokedOf(values),
  }
}

function revokedOf(values: Values): Readonly<Record<string, number>> {
  return JSON.parse(values['driftless.revoked'] ?? '{}') as Record<string, number>
}

function valuesOf(secret: Secret | undefined): Values {
  const entries = Object.entries(secret?.data ?? {})
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Buffer.from(value, 'base64').toString('utf8')]),
  )
}

/** Secrets of one namespace; a change names the resourceVersion that it was made from. */
function secretsOf(transport: KubeTransport, namespace: string) {
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`
  const read = (name: string): Promise<Secret | undefined> =>
    unlessGone(transport.request<Secret>(`${collection}/${name}`))
  const write = async (name: string, before: Secret | undefined, values: Values) => {
    const data = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    )
    if (before === undefined) {
      const labels = { 'app.kubernetes.io/part-of': 'argocd' }
      const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name, labels }, data }
      await transport.request(collection, { method: 'POST', body })
    } else {
      const { resourceVersion } = before.metadata
      const body = { metadata: { resourceVersion }, data }
      const contentType = 'application/merge-patch+json'
      await transport.request(`${collection}/${name}`, { method: 'PATCH', body, contentType })
    }
  }
  return {
    read,
    /** Applies what `changed` asks for to the newest values. */
    async change(name: string, changed: (values: Values) => Values): Promise<void> {
      for (let attempt = 0; ; attempt++) {
        const before = await read(name)
        const values = changed(valuesOf(before))
        if (Object.keys(values).length === 0) return
        try {
          return await write(name, before, values)
        } catch (error) {
          if (!(error instanceof ConflictError) || attempt === maxConflicts) throw error
        }
      }
    },
  }
}
