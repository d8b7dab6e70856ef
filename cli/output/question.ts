import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { CommandEnd } from '../exit.ts'

/** Whether there is somebody who sees a question and can answer it. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

/** The answer of whoever sits at the terminal; Ctrl-C and Ctrl-D end the command. */
export async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } catch (error) {
    process.stderr.write('\n')
    throw notAnswered(error)
  } finally {
    terminal.close()
  }
}

/** The same, but what is typed is not shown. */
export async function askSecretly(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  // from here on the terminal shows nothing: who types at once when the question appears is safe
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stderr.write(question)
  try {
    return await terminal.question('')
  } catch (error) {
    throw notAnswered(error)
  } finally {
    terminal.close()
    process.stderr.write('\n')
  }
}

function notAnswered(cause: unknown): CommandEnd {
  return new CommandEnd('the question was not answered; nothing was done', undefined, { cause })
}
