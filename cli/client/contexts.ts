import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { CommandEnd } from '../exit.ts'

const Context = z.object({
  server: z.string(),
  token: z.string(),
  insecure: z.boolean().optional(),
})
const Contexts = z.object({ current: z.string().optional(), contexts: z.array(Context) })

/** A server and our session there. */
export type Context = Readonly<z.infer<typeof Context>>
export type Contexts = {
  readonly current?: string | undefined
  readonly contexts: readonly Context[]
}

/** The sessions in the file; none when there is no file. */
export function readContexts(file: string): Contexts {
  try {
    return Contexts.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { contexts: [] }
    throw new CommandEnd(`${file} cannot be read; remove it and log in again`, undefined, {
      cause: error,
    })
  }
}

/** Keeps the session beside those with other servers; only the owner can read the file. */
export function keepContext(file: string, context: Context, makeCurrent: boolean): void {
  const { current, contexts } = readContexts(file)
  const others = contexts.filter(({ server }) => server !== context.server)
  writeContexts(file, {
    current: makeCurrent ? context.server : current,
    contexts: [...others, context],
  })
}

/** Writes the file whole or not at all. */
export function writeContexts(file: string, contexts: Contexts): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const made = `${file}.${process.pid}`
  writeFileSync(made, `${JSON.stringify(contexts, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(made, file)
}
