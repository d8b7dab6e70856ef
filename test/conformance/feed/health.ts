import { assessHealth } from '../../../core/health/assess.ts'
import type { Manifest } from '../../../core/manifest/manifest.ts'
import { feed } from '../corpus.ts'

type Builtin = {
  readonly manifest: Manifest
  readonly expected: { readonly status: string | null }
}

/** The health of kinds that we know ourselves. */
export const builtin = feed<Builtin>(({ manifest, expected }) => ({
  expected: expected.status,
  got: assessHealth(manifest)?.status ?? null,
}))
