import { InvalidSpecError, ScriptError } from '../core/errors.ts'
import type { Json } from '../core/manifest/manifest.ts'
import { createConfined } from './engine/confined.ts'

/** jq expressions of users (DIFF-05). */
export type Jq = {
  /**
   * The one value that the filter makes of the input; ScriptError for none and for several,
   * InvalidSpecError for a filter that is no jq.
   */
  run(input: unknown, filter: string): Promise<Json>
  close(): Promise<void>
}

type Request = { readonly input: string; readonly filter: string }

export function createJq(limitMs = 1_000): Jq {
  const engine = createConfined<Request, string>({ program: 'jq-thread', limitMs })
  return {
    async run(input, filter) {
      const asked = engine.ask({ input: JSON.stringify(input), filter })
      const lines = (await asked.catch((error: unknown) => refused(filter, error))).split('\n')
      const [line, ...more] = lines.filter((text) => text !== '')
      if (line !== undefined && more.length === 0) return JSON.parse(line)
      throw new ScriptError(`${filter} gives ${line === undefined ? 'nothing' : 'several values'}`)
    },
    close: engine.close,
  }
}

/** Whoever wrote it has to be told: nothing that it is run on can mend it. */
function refused(filter: string, error: unknown): never {
  if (!(error instanceof ScriptError) || !/compile errors?$/.test(error.message)) throw error
  const [reason = ''] = error.message.replace(/^jq: error: /, '').split(/ at <top-level>|\n/)
  throw new InvalidSpecError(`the jq expression ${filter} cannot be read: ${reason}`)
}
