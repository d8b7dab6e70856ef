import { fileURLToPath } from 'node:url'
import type { Context } from '../context.ts'
import { answersOk } from '../probe.ts'
import type { Part } from '../supervise.ts'

/** Plays nodes and pods (and what a cloud would add) by the rules of stages.yaml. */
export function kwok({ ports, programs, kubeconfig }: Context): Part {
  return {
    name: 'kwok',
    rank: 2,
    command: programs.command('kwok', 'kwok'),
    args: [
      ...['--kubeconfig', kubeconfig],
      '--manage-all-nodes=true',
      `--config=${fileURLToPath(new URL('../stages.yaml', import.meta.url))}`,
      `--server-address=127.0.0.1:${ports.kwok}`,
    ],
    ready: () => answersOk(`http://127.0.0.1:${ports.kwok}/healthz`),
  }
}
