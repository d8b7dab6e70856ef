import { promiseHooks } from 'node:v8'
import { type Context, Script } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

/**
 * Loaded with `--import` into the worker's process and so into its workflow threads, where it
 * switches two costs of Temporal's SDK off for which it has no option (docs/decisions/0017). A
 * worker without it does the same, slower.
 */
if (!isMainThread) {
  withoutWatchdog()
  withoutStackTraces()
}

/** Node starts and joins a thread for each call with a time limit: three to five per workflow task. */
function withoutWatchdog(): void {
  const run = Script.prototype.runInContext
  Script.prototype.runInContext = function (this: Script, context: Context, options = {}) {
    const { timeout: _, ...others } = options
    return run.call(this, context, others)
  }
}

/** Else every promise of every workflow takes a stack trace and keeps it while the workflow is cached. */
function withoutStackTraces(): void {
  promiseHooks.createHook = () => () => undefined
}
