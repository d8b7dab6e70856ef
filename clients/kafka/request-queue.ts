import { createRequire } from 'node:module'

type RequestQueue = {
  throttledUntil: number
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}

const require = createRequire(import.meta.url)
const mended = new WeakSet<object>()

/**
 * Keeps kafkajs 2.2.4 from setting a timer with a negative time after every request: Node 24 warns
 * of it on stderr. With nothing pending and no throttling there is nothing that the timer could do.
 */
export function mendRequestQueue(): void {
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
  if (mended.has(prototype)) return
  mended.add(prototype)
  const schedule = prototype.scheduleCheckPendingRequests
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
  }
}
