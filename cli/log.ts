import { type Logger, pino } from 'pino'

export type { Logger }

/** JSON lines on stdout; the level by name, so that every log system reads it. */
export function createLogger(component: string, level: string): Logger {
  return pino({
    level,
    base: { component },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['*.authorization', '*.token', '*.password'],
  })
}
