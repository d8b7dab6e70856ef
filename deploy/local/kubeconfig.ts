import { readFileSync } from 'node:fs'
import { writePrivate } from './files.ts'

/** Writes a kubeconfig for kubectl and for us: the server's own CA and a bearer token. */
export function writeKubeconfig(file: string, server: string, caFile: string, token: string): void {
  const name = 'driftless-local'
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: { server, 'certificate-authority-data': readFileSync(caFile).toString('base64') },
      },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name, context: { cluster: name, user: 'admin' } }],
  }
  writePrivate(file, `${JSON.stringify(config, undefined, 2)}\n`)
}
