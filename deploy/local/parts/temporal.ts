import { join } from 'node:path'
import type { Context } from '../context.ts'
import { acceptsTcp, servesGrpc } from '../probe.ts'
import type { Part } from '../supervise.ts'

/** Temporal's own server on SQLite, with its UI. */
export function temporal({ data, ports, programs }: Context): Part {
  return {
    name: 'temporal',
    rank: 2,
    command: programs.command('temporal', 'temporal'),
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', '127.0.0.1'],
      ...['--port', String(ports.temporal), '--ui-port', String(ports.temporalUi)],
      ...['--db-filename', join(data, 'temporal.db')],
      ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
      // with the default of 20 every task waits about 45 ms
      ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
      ...['--dynamic-config-value', 'history.timerProcessorMaxPollRPS=2000'],
      ...['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
      // with the default of 1 s a run that follows on another waits out that second
      ...['--dynamic-config-value', 'history.workflowIdReuseMinimalInterval="50ms"'],
      // else every look at the list's fields reads them from the database, one after the other
      ...['--dynamic-config-value', 'system.forceSearchAttributesCacheRefreshOnRead=false'],
      ...['--log-level', 'error'],
    ],
    // 150 MB more for a tenth less of its CPU time
    env: { GOGC: '200' },
    ready: async () =>
      (await servesGrpc(ports.temporal, 'temporal.api.workflowservice.v1.WorkflowService')) &&
      (await acceptsTcp(ports.temporalUi)),
  }
}
