/** One line about a step that takes long: it moves on a terminal, and repeats at times in a log. */
export type Step = {
  /** Replaces what is said after the title. */
  detail(text: string): void
  /** The same for what must be seen at once, also in a log. */
  say(text: string): void
  /** Ends the line with how long it took. */
  done(text?: string): void
  /** Ends the line without a claim of success. */
  failed(): void
}

const terminalMs = 1000
const logMs = 20_000

/** Says that a step began, goes on and ended. */
export function beginStep(title: string, out: NodeJS.WriteStream = process.stdout): Step {
  const started = Date.now()
  let detail = ''
  let open = true
  const elapsed = (): string => `${((Date.now() - started) / 1000).toFixed(out.isTTY ? 0 : 1)} s`
  const line = (end: string): string =>
    [title, detail, end].filter((part) => part !== '').join(' · ')
  const write = (text: string, newline: boolean): void => {
    const shown = text.slice(0, (out.columns ?? 100) - 1)
    if (out.isTTY) out.write(`\r\x1b[K${shown}${newline ? '\n' : ''}`)
    else out.write(`${text}\n`)
  }
  write(`  ${title} …`, false)
  const timer = setInterval(
    () => write(`  … ${line(elapsed())}`, false),
    out.isTTY ? terminalMs : logMs,
  )
  timer.unref()
  const close = (mark: string, end: string): void => {
    if (!open) return
    open = false
    clearInterval(timer)
    write(`  ${mark} ${line(end)}`, true)
  }
  return {
    detail(text) {
      detail = text
    },
    say(text) {
      if (text !== detail && !out.isTTY) write(`  … ${title} · ${text}`, true)
      detail = text
    },
    done: (text) => close('✓', text === undefined ? elapsed() : `${text} · ${elapsed()}`),
    failed: () => close('✗', elapsed()),
  }
}
