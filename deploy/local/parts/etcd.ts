import { join } from 'node:path'
import type { Context } from '../context.ts'
import { answersOk } from '../probe.ts'
import type { Part } from '../supervise.ts'

/** The store behind the API server. */
export function etcd({ data, ports, programs, etcdFsync }: Context): Part {
  const client = `http://127.0.0.1:${ports.etcd}`
  const peer = `http://127.0.0.1:${ports.etcdPeer}`
  return {
    name: 'etcd',
    rank: 0,
    command: programs.command('etcd', 'etcd'),
    args: [
      ...['--name', 'local'],
      ...['--data-dir', join(data, 'etcd')],
      ...['--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
      ...['--initial-cluster', `local=${peer}`],
      ...['--log-level', 'error'],
      ...(etcdFsync ? [] : ['--unsafe-no-fsync']),
    ],
    ready: () => answersOk(`${client}/health`),
  }
}
