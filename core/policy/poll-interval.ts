import { durationMs } from '../time.ts'

/**
 * How often a repository is looked at without being told to, in ms; 0 for never (AUTO-01).
 * `timeout.reconciliation` of argocd-cm wins over what the process was started with; what is no
 * duration is as if it were not set.
 */
export function pollInterval(setting: string | undefined, startedWithMs: number): number {
  return durationMs(setting) ?? startedWithMs
}
