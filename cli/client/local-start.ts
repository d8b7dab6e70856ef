import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const Endpoints = z.object({
  api: z.string(),
  adminPassword: z.string(),
  kubeconfig: z.string(),
  namespace: z.string(),
  temporal: z.string(),
})

/** What a running `npm start` of this folder tells. */
export type LocalStart = Readonly<z.infer<typeof Endpoints>>

/** Undefined when nothing runs here. */
export function readLocalStart(folder: string): LocalStart | undefined {
  try {
    const text = readFileSync(join(folder, '.driftless', 'endpoints.json'), 'utf8')
    return Endpoints.safeParse(JSON.parse(text)).data
  } catch {
    // no file, or one that is being written: nobody serves here
    return undefined
  }
}
