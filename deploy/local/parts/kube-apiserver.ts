import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { answersOk } from '../probe.ts'
import type { Part } from '../supervise.ts'

/** The certificate of the API server together with the CA that signed it. */
export function kubeCaFile(data: string): string {
  return join(data, 'kube', 'certs', 'apiserver.crt')
}

/** The Kubernetes API on its own CA, with an audit log of all writes. */
export function kubeApiserver({ data, ports, programs, secrets }: Context): Part {
  const folder = join(data, 'kube')
  const key = join(folder, 'sa.key')
  return {
    name: 'kube-apiserver',
    rank: 1,
    command: programs.command('kube', 'kube-apiserver'),
    args: [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      `--secure-port=${ports.kube}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${join(folder, 'certs')}`,
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--token-auth-file=${join(folder, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--allow-privileged=true',
      '--enable-priority-and-fairness=false',
      '--max-requests-inflight=0',
      '--max-mutating-requests-inflight=0',
      `--audit-policy-file=${join(folder, 'audit-policy.json')}`,
      `--audit-log-path=${join(data, 'logs', 'audit.log')}`,
      '--audit-log-maxsize=50',
      '--audit-log-maxbackup=2',
    ],
    ready: async () => {
      const ca = kubeCaFile(data)
      // while the first start still makes the certificate there is nothing to check it against
      if (!existsSync(ca)) return false
      return await answersOk(`https://127.0.0.1:${ports.kube}/readyz`, ca, secrets.kubeToken)
    },
  }
}
