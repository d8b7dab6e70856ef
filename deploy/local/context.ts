import type { Programs } from './build/programs.ts'
import type { Ports } from './ports.ts'
import type { Secrets } from './secrets.ts'

/** What the parts of one start share. */
export type Context = {
  readonly data: string
  readonly ports: Ports
  readonly programs: Programs
  readonly secrets: Secrets
  readonly etcdFsync: boolean
  /** Where Kubernetes is reached: our own kubeconfig, or the one that was given. */
  readonly kubeconfig: string
  readonly kafka: string
  readonly temporal: string
}
