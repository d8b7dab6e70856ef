import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { readJson, writePrivate } from './files.ts'

const Secrets = z.object({
  kubeToken: z.string(),
  adminPassword: z.string(),
  gitToken: z.string(),
  kafkaCluster: z.string(),
})

/** Made once per data folder, readable by its owner only. */
export type Secrets = Readonly<z.infer<typeof Secrets>>

const renewBeforeMs = 7 * 24 * 3600 * 1000

/** The secrets of this data folder; those that are missing are made. */
export function provideSecrets(data: string): Secrets {
  const file = join(data, 'secrets.json')
  const kept = Secrets.partial().catch({}).parse(readJson(file))
  const secrets: Secrets = {
    kubeToken: kept.kubeToken ?? randomBytes(24).toString('base64url'),
    adminPassword: kept.adminPassword ?? randomBytes(12).toString('base64url'),
    gitToken: kept.gitToken ?? randomBytes(18).toString('base64url'),
    // Kafka's form of a UUID; one that begins with a dash would look like an option
    kafkaCluster: kept.kafkaCluster ?? `D${randomBytes(16).toString('base64url').slice(1)}`,
  }
  writePrivate(file, JSON.stringify(secrets))
  return secrets
}

/** Files that the API server starts from: admin token, key of service accounts, audit policy. */
export function provideKubeFiles(data: string, { kubeToken }: Secrets): void {
  const folder = join(data, 'kube')
  mkdirSync(join(folder, 'certs'), { recursive: true, mode: 0o700 })
  writePrivate(join(folder, 'tokens.csv'), `${kubeToken},admin,admin,system:masters\n`)
  writePrivate(join(folder, 'audit-policy.json'), JSON.stringify(auditPolicy))
  const key = join(folder, 'sa.key')
  if (!existsSync(key)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writePrivate(key, privateKey.export({ type: 'pkcs1', format: 'pem' }).toString())
  }
  removeExpiring(join(folder, 'certs'))
}

// so that a test can prove that nothing was written
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'None',
      resources: [{ group: 'coordination.k8s.io' }, { group: '', resources: ['events'] }],
    },
    { level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'None' },
  ],
}

// the API server makes a certificate for a year and keeps it, also when it has ended
function removeExpiring(folder: string): void {
  const file = join(folder, 'apiserver.crt')
  if (!existsSync(file)) return
  const { validTo } = new X509Certificate(readFileSync(file))
  if (Date.parse(validTo) - Date.now() > renewBeforeMs) return
  rmSync(file)
  rmSync(join(folder, 'apiserver.key'), { force: true })
}
