import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { StartError } from './start-error.ts'

/** What the command line asks for. */
export type Options = {
  readonly demo: boolean
  readonly fresh: boolean
  readonly driftless: boolean
  readonly port: number
  readonly data: string
  readonly etcdFsync: boolean
  readonly adoptCrds: boolean
  readonly help: boolean
}

/** Shown by --help. */
export const usage = `npm start -- [options]
  --no-demo       without the local Git server and the sample application
  --fresh         with empty state: removes the data folder first
  --port N        port of the API (default 8080; 0 takes a free one); all other ports are chosen free
  --data DIR      where state and logs are kept (default .driftless)
  --adopt-crds    replace Application and AppProject CRDs that others installed
  --stack-only    Kafka, Temporal and Kubernetes, but not Driftless
A part whose address is set in the environment is not started:
  KAFKA_BROKERS, TEMPORAL_ADDRESS, KUBECONFIG`

/** Reads the command line; a mistake is explained together with the usage. */
export function parseOptions(args: readonly string[], root: string): Options {
  const values = parse(args)
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new StartError(`--port ${values.port}: not a port number\n\n${usage}`)
  }
  const driftless = values['stack-only'] !== true
  return {
    demo: values['no-demo'] !== true && driftless,
    fresh: values.fresh === true,
    driftless,
    port,
    data: values.data === undefined ? resolve(root, '.driftless') : resolve(values.data),
    etcdFsync: values['etcd-no-fsync'] !== true,
    adoptCrds: values['adopt-crds'] === true,
    help: values.help === true,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'no-demo': { type: 'boolean' },
        fresh: { type: 'boolean' },
        'stack-only': { type: 'boolean' },
        port: { type: 'string', default: '8080' },
        data: { type: 'string' },
        // for benchmarks and tests: loses data when the machine stops
        'etcd-no-fsync': { type: 'boolean' },
        'adopt-crds': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\n${usage}`)
  }
}
