import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { LRUCache } from 'lru-cache'
import { GitAccessError } from '../../core/errors.ts'
import { type Answer, createAnswerParser, type GitObject, type ObjectInfo } from './answers.ts'

/**
 * Reads objects of one mirror through a single long-lived `git cat-file --batch-command`: no
 * process per object, no work tree, no lock. Objects that a later fetch brings are found too.
 */
export type ObjectReader = {
  /** The object that a name such as `<commit>:<path>` means; undefined when there is none. */
  info(name: string): Promise<ObjectInfo | undefined>
  /** As `info`, with the body; GitAccessError when it is too large to be one of ours. */
  contents(name: string): Promise<GitObject | undefined>
  close(): void
}

type Question = {
  readonly command: 'info' | 'contents'
  readonly name: string
  resolve(answer: Answer): void
  reject(error: Error): void
}

type Reading = {
  ask(question: Question): void
  end(): void
}

const idleMs = 5 * 60_000
// a commit never changes: what it has at a path is asked for once, though many ask at every push
const lasting = /^[0-9a-f]{40,64}(:|\^\{tree\}$)/
const maxKnown = 20_000

export function createObjectReader(dir: string, env: Record<string, string>): ObjectReader {
  const known = new LRUCache<string, ObjectInfo>({ max: maxKnown })
  let reading: Reading | undefined
  let idle: NodeJS.Timeout | undefined

  const close = (): void => {
    clearTimeout(idle)
    reading?.end()
    reading = undefined
  }
  const ask = async (command: Question['command'], name: string): Promise<Answer> => {
    if (/[\n\0]/.test(name)) return { found: false }
    clearTimeout(idle)
    idle = setTimeout(close, idleMs).unref()
    if (reading === undefined) {
      const opened = open(dir, env, () => {
        if (reading === opened) reading = undefined
      })
      reading = opened
    }
    const { ask: put } = reading
    return await new Promise((resolve, reject) => put({ command, name, resolve, reject }))
  }
  return {
    async info(name) {
      const before = known.get(name)
      if (before !== undefined) return before
      const answer = await ask('info', name)
      if (!answer.found) return undefined
      const found = { id: answer.id, type: answer.type }
      if (lasting.test(name)) known.set(name, found)
      return found
    },
    async contents(name) {
      const answer = await ask('contents', name)
      if (!answer.found) return undefined
      const { id, type, body } = answer
      if (body === undefined) {
        throw new GitAccessError(
          `${name} is too large for a manifest; exclude it or make it smaller`,
        )
      }
      return { id, type, body }
    },
    close,
  }
}

/** One process with its own questions: what happens to it does not touch those of its successor. */
function open(dir: string, env: Record<string, string>, onEnd: () => void): Reading {
  // --buffer and `flush`: the answers to what is asked together come together
  const child: ChildProcessWithoutNullStreams = spawn(
    'git',
    ['cat-file', '--batch-command', '--buffer'],
    {
      cwd: dir,
      env,
    },
  )
  const asked: Question[] = []
  let unsent: string[] = []
  const send = (): void => {
    const lines = unsent
    unsent = []
    if (child.stdin.writable) child.stdin.write(`${lines.join('')}flush\n`)
  }
  const failed = (reason: string): void => {
    onEnd()
    const error = new GitAccessError(`the mirror cannot be read: ${reason}; it is tried again`)
    for (const { reject } of asked.splice(0)) reject(error)
  }
  const parse = createAnswerParser({
    next: () => asked[0]?.command,
    answer: (answer) => asked.shift()?.resolve(answer),
  })
  child.stdout.on('data', parse)
  child.stderr.resume()
  child.on('error', (error) => failed(error.message))
  child.on('close', (code) => failed(`git cat-file ended with ${code}`))
  // told by 'close'
  child.stdin.on('error', () => undefined)
  return {
    ask(question) {
      asked.push(question)
      if (unsent.push(`${question.command} ${question.name}\n`) === 1) setImmediate(send)
    },
    end() {
      if (unsent.length > 0) send()
      child.stdin.end()
    },
  }
}
