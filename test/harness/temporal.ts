import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTemporal } from '../../clients/temporal.ts'
import { prepareNamespace } from '../../clients/temporal-namespace.ts'
import { providePrograms } from '../../deploy/local/build/programs.ts'
import { temporal } from '../../deploy/local/parts/temporal.ts'
import { choosePorts } from '../../deploy/local/ports.ts'
import { provideSecrets } from '../../deploy/local/secrets.ts'
import { createContext } from '../../deploy/local/stack.ts'
import { Supervisor } from '../../deploy/local/supervise.ts'
import { searchAttributes } from '../../workflows/contract.ts'

export const temporalNamespace = 'driftless'

/** A running Temporal of its own, as the local stack has it, with our namespace. */
export type TestTemporal = { readonly address: string; stop(): Promise<void> }

/** Starts the real server without the rest of the stack. */
export async function startTemporal(): Promise<TestTemporal> {
  const data = mkdtempSync(join(tmpdir(), 'driftless-temporal-'))
  const logs = join(data, 'logs')
  mkdirSync(logs)
  // only Temporal is started: the addresses of the others are never used
  const external = { kafka: '127.0.0.1:1', kubeconfig: join(data, 'none'), temporal: undefined }
  const programs = await providePrograms(external, new AbortController().signal)
  const ports = await choosePorts(join(data, 'ports.json'), 0)
  const context = createContext(
    { data, ports, etcdFsync: false },
    programs,
    provideSecrets(data),
    external,
  )
  const supervisor = new Supervisor({ logs, say: () => undefined, changed: () => undefined })
  await supervisor.start(temporal(context))
  const client = await createTemporal(context.temporal, temporalNamespace)
  await prepareNamespace(client, temporalNamespace, searchAttributes)
  await client.close()
  return {
    address: context.temporal,
    async stop() {
      await supervisor.stop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}
