import { LuaFactory } from 'wasmoon'
import type { LuaRequest } from '../lua.ts'
import { serve } from './serve.ts'

const factory = new LuaFactory()
const maxBytes = 32 * 1024 * 1024

// what scripts for Lua 5.1 know and 5.4 has dropped; nothing that reaches out of the engine stays
const prelude = `
table.getn = function(list) return #list end
table.maxn = function(list)
  local max = 0
  for key in pairs(list) do if type(key) == 'number' and key > max then max = key end end
  return max
end
unpack = table.unpack
loadstring = load
math.pow = function(base, exponent) return base ^ exponent end
string.gfind = string.gmatch
local time, date, getenv = os.time, os.date, function() return nil end
os = { time = time, date = date, getenv = getenv }
package.loaded.os, package.loaded.io, package.loaded.debug = os, nil, nil
package.cpath, package.path, package.searchers = '', '', { package.searchers[1] }
package.loadlib, package.searchpath = nil, nil
io, debug, dofile, loadfile, collectgarbage = nil, nil, nil, nil, nil
print = function() end
`
// as in Argo CD: base, table and the safe part of os
const closed = `
string, math, utf8, coroutine = nil, nil, nil, nil
for _, name in ipairs({ 'string', 'math', 'utf8', 'coroutine' }) do package.loaded[name] = nil end
`

serve(async ({ script, object, openLibs }: LuaRequest): Promise<unknown> => {
  // an engine for each script: nothing of one is seen by the next
  const lua = await factory.createEngine({
    openStandardLibs: true,
    enableProxy: false,
    injectObjects: false,
    traceAllocations: true,
  })
  try {
    lua.global.setMemoryMax(maxBytes)
    await lua.doString(prelude)
    if (!openLibs) await lua.doString(closed)
    lua.global.set('obj', withoutNulls(object))
    return plain(await lua.doString(script))
  } finally {
    lua.global.close()
  }
})

/** A null of JSON is an absent field in Lua. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (value === null || typeof value !== 'object') return value ?? undefined
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([key, field]) => [key, withoutNulls(field)]),
  )
}

/** Only data leaves the thread. */
function plain(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value))
}
