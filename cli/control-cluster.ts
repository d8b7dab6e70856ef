import { createHash } from 'node:crypto'

/** Name of the control cluster in task queues. */
export function controlClusterName(server: string): string {
  return createHash('sha256').update(server).digest('hex').slice(0, 12)
}
