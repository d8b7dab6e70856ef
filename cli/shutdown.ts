import type { Logger } from './log.ts'

// a process that cannot end in this time is ended
const patienceMs = 10_000

/** Settles at SIGINT or SIGTERM, or when the parent that started us is gone. */
export function untilStopped(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    const stop = (reason: string): void => {
      log.info({ reason }, 'stopping')
      setTimeout(() => process.exit(1), patienceMs).unref()
      resolve()
    }
    process.once('SIGINT', () => stop('SIGINT'))
    process.once('SIGTERM', () => stop('SIGTERM'))
    process.once('disconnect', () => stop('the process that started this one is gone'))
  })
}
