import type { Manifest } from '../core/manifest/manifest.ts'
import { createConfined } from './engine/confined.ts'

export type LuaRequest = {
  readonly script: string
  /** The global `obj` of the script. */
  readonly object: Manifest
  /** Whether the script may use `string`, `math` and the like (HEALTH-21). */
  readonly openLibs: boolean
}

/** Lua of users, as it was written for Argo CD. Never more than a second, never more than 32 MiB. */
export type Lua = {
  /** What the script returns, as JSON; ScriptError and ScriptTimeout otherwise. */
  run(request: LuaRequest): Promise<unknown>
  close(): Promise<void>
}

const limitMs = 1_000

export function createLua(): Lua {
  const engine = createConfined<LuaRequest, unknown>({ program: 'lua-thread', limitMs })
  return { run: engine.ask, close: engine.close }
}
