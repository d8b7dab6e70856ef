import type { ApplicationView } from '../client/application-view.ts'
import { printable } from './table.ts'

/** Tells on stderr how an application moves: one line that is rewritten on a terminal, else one per change. */
export type Progress = {
  show(application: ApplicationView | undefined): void
  end(): void
}

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>

const defaultColumns = 80

export function createProgress(name: string, terminal: Terminal = process.stderr): Progress {
  let shown = ''
  return {
    show(application) {
      const line = printable(`${name}: ${stateText(application)}`)
      if (line === shown) return
      shown = line
      const columns = terminal.columns || defaultColumns
      terminal.write(terminal.isTTY ? `\r\u001b[K${line.slice(0, columns - 1)}` : `${line}\n`)
    },
    end() {
      if (terminal.isTTY && shown !== '') terminal.write('\r\u001b[K')
    },
  }
}

function stateText(application: ApplicationView | undefined): string {
  if (application === undefined) return 'gone'
  const { metadata, operation, status = {} } = application
  const { sync, health, operationState: state } = status
  const running = state?.finishedAt === undefined ? state : undefined
  const asked = operation !== undefined && running === undefined ? ', waiting to begin' : ''
  const doing = running === undefined ? asked : `, ${running.phase}: ${running.message}`
  const leaving = metadata.deletionTimestamp === undefined ? '' : ', being deleted'
  return `${sync?.status ?? 'Unknown'}, ${health?.status ?? 'Unknown'}${doing}${leaving}`
}
