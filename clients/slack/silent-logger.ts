import { type Logger, LogLevel } from '@slack/web-api'

/** Whatever the library has to say arrives as an error too; its log would hold our messages. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
}
