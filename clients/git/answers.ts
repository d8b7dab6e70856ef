export type ObjectInfo = { readonly id: string; readonly type: string }
export type GitObject = ObjectInfo & { readonly body: Buffer }

/** What `git cat-file` says to one question; `body` is left out when not asked for or too large. */
export type Answer =
  | { readonly found: false }
  | ({ readonly found: true; readonly body: Buffer | undefined } & ObjectInfo)

export type Conversation = {
  /** The oldest question without an answer. */
  next(): 'info' | 'contents' | undefined
  answer(answer: Answer): void
}

type Pending = ObjectInfo & { left: number; readonly parts: Buffer[] | undefined }

const headForm = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/
/** A manifest of this size would not fit into etcd several times over. */
const maxBodyBytes = 32 * 1024 * 1024

/**
 * Cuts the output of `git cat-file --batch-command` into answers, in the order of the questions: a
 * head line, and for `contents` the body and a line end. Takes chunks cut at any place.
 */
export function createAnswerParser({ next, answer }: Conversation): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  let pending: Pending | undefined

  const finish = ({ id, type, parts }: Pending): void => {
    pending = undefined
    const whole = parts && Buffer.concat(parts)
    answer({ found: true, id, type, body: whole?.subarray(0, -1) })
  }
  const takeBody = (body: Pending): boolean => {
    const part = rest.subarray(0, body.left)
    rest = rest.subarray(part.length)
    body.parts?.push(part)
    body.left -= part.length
    if (body.left > 0) return false
    finish(body)
    return true
  }
  const takeHead = (): boolean => {
    const lineEnd = rest.indexOf(10)
    const question = next()
    if (lineEnd < 0 || question === undefined) return false
    const [, id, type, size] = headForm.exec(rest.toString('utf8', 0, lineEnd)) ?? []
    rest = rest.subarray(lineEnd + 1)
    if (id === undefined || type === undefined) answer({ found: false })
    else if (question === 'info') answer({ found: true, id, type, body: undefined })
    else
      pending = {
        id,
        type,
        left: Number(size) + 1,
        parts: Number(size) > maxBodyBytes ? undefined : [],
      }
    return true
  }
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (pending === undefined ? takeHead() : takeBody(pending));
  }
}
