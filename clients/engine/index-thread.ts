import { readYaml } from '../../core/render/read-yaml.ts'
import type { IndexAsk, Published } from '../charts/repository.ts'
import { serve } from './serve.ts'

serve(async ({ text, chart }: IndexAsk): Promise<readonly Published[]> => {
  const { entries } = readYaml(text, 'index.yaml') as { entries?: Record<string, unknown> }
  const found = entries !== undefined && Object.hasOwn(entries, chart) ? entries[chart] : []
  return (Array.isArray(found) ? found : []).flatMap(
    (entry: { version?: unknown; urls?: unknown } | null) => {
      const url: unknown = Array.isArray(entry?.urls) ? entry.urls[0] : undefined
      const { version } = entry ?? {}
      return typeof version === 'string' && typeof url === 'string' ? [{ version, url }] : []
    },
  )
})
