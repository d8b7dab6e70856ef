import { createOutbound } from '../clients/outbound.ts'
import type { Config } from './config.ts'

/** How repositories are read, the same in every process that reads them. */
export function gitOptions({ allowLoopback, submodules }: Config) {
  return { allowFile: allowLoopback, submodules, outbound: createOutbound({ allowLoopback }) }
}
