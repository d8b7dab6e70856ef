import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Context } from '../context.ts'
import type { Part } from '../supervise.ts'

/** The Git server of the demo. */
export function git({ data, ports, secrets }: Context): Part {
  return {
    name: 'git',
    rank: 3,
    channel: true,
    command: process.execPath,
    args: [fileURLToPath(new URL('../git-server.ts', import.meta.url))],
    env: {
      GIT_SERVER_ROOT: join(data, 'git'),
      GIT_SERVER_PORT: String(ports.git),
      GIT_SERVER_TOKEN: secrets.gitToken,
      GIT_SERVER_WEBHOOK: `http://127.0.0.1:${ports.api}/api/webhook`,
    },
    ready: async (log) => log().includes('"msg":"ready"'),
  }
}
