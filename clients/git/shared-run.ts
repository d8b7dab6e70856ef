/** One run at a time of something slow that shows the state at its start. */
export type SharedRun<T> = {
  /** A run that starts now or later: who asks while one runs may want what it did not see. All waiters share the next. */
  start(): Promise<T>
  /** The run that goes on, or a new one. */
  join(): Promise<T>
}

export function createSharedRun<T>(work: () => Promise<T>): SharedRun<T> {
  let running: Promise<T> | undefined
  let next: Promise<T> | undefined

  const begin = (): Promise<T> => {
    const mine = work().finally(() => {
      if (running === mine) running = undefined
    })
    running = mine
    return mine
  }
  const afterThis = async (current: Promise<T>): Promise<T> => {
    await current.catch(() => undefined)
    next = undefined
    return await (running ?? begin())
  }
  return {
    start() {
      if (running === undefined) return begin()
      next ??= afterThis(running)
      return next
    },
    join: () => running ?? begin(),
  }
}
