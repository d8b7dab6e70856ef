/** What one check of an application found: how it is, why, and what to do about it. */
export type Finding = {
  readonly check: string
  readonly status: 'OK' | 'WARN' | 'FAIL'
  readonly reason: string
  readonly remedy?: string
}

export const ok = (check: string, reason: string): Finding => ({ check, status: 'OK', reason })
export const warn = (check: string, reason: string, remedy: string): Finding => ({
  ...{ check, status: 'WARN', reason, remedy },
})
export const fail = (check: string, reason: string, remedy: string): Finding => ({
  ...{ check, status: 'FAIL', reason, remedy },
})

/** The same list, or that all is well when nothing was found. */
export function orOk(found: readonly Finding[], check: string, reason: string): readonly Finding[] {
  return found.length > 0 ? found : [ok(check, reason)]
}

/** What a text of ours says as `<what is wrong>; <what to do>`. */
export function failOf(check: string, text: string): Finding {
  const at = text.indexOf('; ')
  return at < 0
    ? fail(check, text, 'see the reason')
    : fail(check, text.slice(0, at), text.slice(at + 2))
}
