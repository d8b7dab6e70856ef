import { ScriptError } from '../core/errors.ts'
import type { Json } from '../core/manifest/manifest.ts'
import { createConfined } from './engine/confined.ts'

/** jq expressions of users (DIFF-05). */
export type Jq = {
  /** The one value that the filter makes of the input; ScriptError for none and for several. */
  run(input: unknown, filter: string): Promise<Json>
  close(): Promise<void>
}

type Request = { readonly input: string; readonly filter: string }

export function createJq(limitMs = 1_000): Jq {
  const engine = createConfined<Request, string>({ program: 'jq-thread', limitMs })
  return {
    async run(input, filter) {
      const lines = (await engine.ask({ input: JSON.stringify(input), filter })).split('\n')
      const [line, ...more] = lines.filter((text) => text !== '')
      if (line !== undefined && more.length === 0) return JSON.parse(line)
      throw new ScriptError(`${filter} gives ${line === undefined ? 'nothing' : 'several values'}`)
    },
    close: engine.close,
  }
}
